"""Results turned into what a person reads; knows no Streamlit."""
