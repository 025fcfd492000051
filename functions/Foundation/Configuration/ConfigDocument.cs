namespace Foundation.Configuration;

/// <summary>A document in force.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Layer">The topmost layer that has it: <c>default</c>, or <c>built-in</c>.</param>
/// <param name="Document">As it was written in that layer.</param>
/// <param name="Effective">All layers merged, with every default.</param>
public sealed record ConfigDocument(string Kind, string Name, string Layer, RawJson Document, RawJson Effective)
{
    /// <summary>The layer of documents that exist by themselves.</summary>
    public const string BuiltInLayer = "built-in";

    /// <summary>The layer of documents that an operator wrote for everybody.</summary>
    public const string DefaultLayer = "default";
}
