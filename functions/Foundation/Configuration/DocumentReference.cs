namespace Foundation.Configuration;

/// <summary>That a document names another one. The other must exist, or the naming one is refused.</summary>
/// <param name="Kind">The kind of the named document.</param>
/// <param name="Name">Its name.</param>
/// <param name="Path">JSON Pointer of the member that names it.</param>
public sealed record DocumentReference(string Kind, string Name, string Path);
