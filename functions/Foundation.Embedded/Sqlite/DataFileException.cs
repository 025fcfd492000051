namespace Foundation.Embedded.Sqlite;

/// <summary>The data folder or file cannot be used as it is. The message is a sentence that says what to do.</summary>
public sealed class DataFileException(string message, Exception? inner = null) : Exception(message, inner);
