Console.WriteLine("foundation");
