-- The bookshop the `sql` adapter answers questions about: real classics, invented prices and sales.
-- Apart from id, no two tables share a column name, so a query need not qualify its columns.

CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT, country TEXT);
CREATE TABLE books (
  id INTEGER PRIMARY KEY, title TEXT, author_id INTEGER REFERENCES authors(id),
  genre TEXT, year INTEGER, price REAL, stock INTEGER
);
CREATE TABLE sales (
  id INTEGER PRIMARY KEY, book_id INTEGER REFERENCES books(id), quantity INTEGER, sold_on TEXT
);

INSERT INTO authors VALUES
  (1, 'Jane Austen', 'England'),
  (2, 'Mary Shelley', 'England'),
  (3, 'H. G. Wells', 'England'),
  (4, 'Bram Stoker', 'Ireland'),
  (5, 'Oscar Wilde', 'Ireland'),
  (6, 'Jules Verne', 'France'),
  (7, 'Alexandre Dumas', 'France'),
  (8, 'Leo Tolstoy', 'Russia'),
  (9, 'Fyodor Dostoevsky', 'Russia'),
  (10, 'Mark Twain', 'United States'),
  (11, 'Edgar Allan Poe', 'United States'),
  (12, 'Arthur Conan Doyle', 'Scotland'),
  (13, 'Robert Louis Stevenson', 'Scotland'),
  (14, 'Henrik Ibsen', 'Norway');

INSERT INTO books VALUES
  (1, 'Pride and Prejudice', 1, 'romance', 1813, 9.50, 12),
  (2, 'Emma', 1, 'romance', 1815, 8.00, 4),
  (3, 'Northanger Abbey', 1, 'satire', 1817, 7.25, 0),
  (4, 'Frankenstein', 2, 'horror', 1818, 11.00, 7),
  (5, 'The Last Man', 2, 'science fiction', 1826, 14.50, 2),
  (6, 'The Time Machine', 3, 'science fiction', 1895, 9.75, 13),
  (7, 'The War of the Worlds', 3, 'science fiction', 1898, 11.50, 0),
  (8, 'Dracula', 4, 'horror', 1897, 12.50, 9),
  (9, 'The Importance of Being Earnest', 5, 'drama', 1895, 6.50, 3),
  (10, 'The Picture of Dorian Gray', 5, 'horror', 1890, 10.00, 5),
  (11, 'Around the World in Eighty Days', 6, 'adventure', 1873, 12.00, 0),
  (12, 'Journey to the Center of the Earth', 6, 'science fiction', 1864, 13.00, 8),
  (13, 'The Count of Monte Cristo', 7, 'adventure', 1846, 18.00, 16),
  (14, 'The Three Musketeers', 7, 'adventure', 1844, 16.50, 10),
  (15, 'War and Peace', 8, 'history', 1869, 22.00, 3),
  (16, 'Anna Karenina', 8, 'romance', 1878, 19.00, 6),
  (17, 'Crime and Punishment', 9, 'mystery', 1866, 17.00, 11),
  (18, 'The Gambler', 9, 'drama', 1867, 8.50, 1),
  (19, 'Adventures of Huckleberry Finn', 10, 'adventure', 1884, 9.00, 14),
  (20, 'A Connecticut Yankee', 10, 'satire', 1889, 10.50, 1),
  (21, 'The Murders in the Rue Morgue', 11, 'mystery', 1841, 5.50, 4),
  (22, 'The Raven', 11, 'poetry', 1845, 4.50, 20),
  (23, 'The Hound of the Baskervilles', 12, 'mystery', 1902, 10.25, 15),
  (24, 'Treasure Island', 13, 'adventure', 1883, 11.25, 18),
  (25, 'Doctor Jekyll and Mister Hyde', 13, 'horror', 1886, 7.75, 5),
  (26, 'Peer Gynt', 14, 'drama', 1876, 13.75, 2);

INSERT INTO sales VALUES
  (1, 1, 5, '2024-01-08'),
  (2, 8, 3, '2024-01-15'),
  (3, 22, 2, '2024-01-22'),
  (4, 13, 4, '2024-01-30'),
  (5, 6, 6, '2024-02-03'),
  (6, 2, 2, '2024-02-14'),
  (7, 16, 3, '2024-02-14'),
  (8, 10, 4, '2024-02-26'),
  (9, 23, 7, '2024-03-02'),
  (10, 17, 2, '2024-03-09'),
  (11, 12, 5, '2024-03-17'),
  (12, 1, 3, '2024-03-21'),
  (13, 24, 8, '2024-04-01'),
  (14, 8, 4, '2024-04-13'),
  (15, 15, 1, '2024-04-20'),
  (16, 19, 6, '2024-05-05'),
  (17, 4, 3, '2024-05-11'),
  (18, 26, 1, '2024-05-27'),
  (19, 14, 2, '2024-06-06'),
  (20, 6, 4, '2024-06-18'),
  (21, 21, 9, '2024-06-24'),
  (22, 5, 1, '2024-07-02'),
  (23, 9, 5, '2024-07-19'),
  (24, 25, 2, '2024-07-28');
