//! Fields and the layers around them: what is answered, in which order, and what it leaves behind.

mod vectors;
