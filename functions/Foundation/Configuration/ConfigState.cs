namespace Foundation.Configuration;

/// <summary>The documents of one epoch.</summary>
internal sealed class ConfigState
{
    /// <summary>Of built-in documents, which never change while a host runs.</summary>
    public const long FirstVersion = 1;

    private readonly Dictionary<(string Kind, string Name), long> _versions = [];

    public ConfigState(long epoch, IReadOnlyDictionary<string, LoadedKind> kinds, ConfigState? before)
    {
        (Epoch, Kinds) = (epoch, kinds);
        foreach (var document in kinds.Values.SelectMany(kind => kind.Documents.Values).Select(document => document.Stored))
        {
            _versions[(document.Kind, document.Name)] = before?.Find(document) == document ? before.VersionOf(document) : epoch;
        }
    }

    /// <summary>Its number.</summary>
    public long Epoch { get; }

    /// <summary>The kinds, by name.</summary>
    public IReadOnlyDictionary<string, LoadedKind> Kinds { get; }

    /// <summary>The number of documents.</summary>
    public int Count => _versions.Count;

    /// <summary>The epoch in which the document got its content.</summary>
    public long VersionOf(ConfigDocument document) => _versions[(document.Kind, document.Name)];

    /// <summary>Whether the other state holds the same documents.</summary>
    public bool SameAs(ConfigState other) =>
        Count == other.Count
        && Kinds.Values.SelectMany(kind => kind.Documents.Values).All(document => other.Find(document.Stored) == document.Stored);

    private ConfigDocument? Find(ConfigDocument document) => Kinds[document.Kind].Documents.GetValueOrDefault(document.Name)?.Stored;
}
