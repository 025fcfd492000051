namespace Foundation.Configuration;

/// <summary>Where written documents come from.</summary>
internal interface IConfigSource
{
    /// <summary>Reads all documents; what cannot be read is a fault whose path names the place.</summary>
    IReadOnlyList<SourceDocument> Read(IReadOnlyCollection<string> kinds, ICollection<Fault> faults);
}

/// <summary>A written document.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Origin">Where it stands, for messages.</param>
/// <param name="Json">Its content.</param>
internal sealed record SourceDocument(string Kind, string Name, string Origin, RawJson Json);
