namespace Foundation.Configuration;

/// <summary>
/// One loading of all documents: gives a kind the compiled documents of another one. They are compiled when they are asked for, so
/// kinds need no order; a circle of documents is a fault.
/// </summary>
public sealed class KindCompilation
{
    private readonly IReadOnlyDictionary<string, LoadedKind> _kinds;
    private readonly ICollection<Fault> _faults;
    private readonly Dictionary<(string Kind, string Name), object?> _done = [];
    private readonly HashSet<(string Kind, string Name)> _open = [];

    internal KindCompilation(IReadOnlyDictionary<string, LoadedKind> kinds, ICollection<Fault> faults) =>
        (_kinds, _faults) = (kinds, faults);

    /// <summary>The compiled document; null where there is none or it has faults of its own, which are reported anyway.</summary>
    public TRuntime? Find<TRuntime>(string kind, string name)
        where TRuntime : class => (TRuntime?)Compile(kind, name);

    internal object? Compile(string kind, string name)
    {
        if (_done.TryGetValue((kind, name), out var done)) return done;
        if (!_kinds.TryGetValue(kind, out var loaded) || !loaded.Documents.TryGetValue(name, out var document)) return null;
        if (!_open.Add((kind, name)))
        {
            _faults.Add(new Fault(document.Place(""), ConfigErrors.Circular.Code, $"{kind}/{name} names itself, directly or by others."));
            return null;
        }

        var faults = new List<Fault>();
        var compiled = loaded.Kind.Compile(name, document.Content, this, faults);
        foreach (var fault in faults) _faults.Add(fault with { Path = document.Place(fault.Path) });
        _open.Remove((kind, name));
        return _done[(kind, name)] = compiled;
    }
}

/// <summary>A kind with the documents of one loading.</summary>
internal sealed record LoadedKind(IKind Kind, IReadOnlyDictionary<string, LoadedDocument> Documents);

/// <summary>A document that was read without a fault.</summary>
/// <param name="Stored">As it is stored.</param>
/// <param name="Content">The contract's object.</param>
/// <param name="Origin">Where it comes from, for messages: a file, or <c>built-in queues/default</c>.</param>
internal sealed record LoadedDocument(ConfigDocument Stored, object Content, string Origin)
{
    /// <summary>A pointer into it, with where it comes from: <c>queues/default.yaml#/retry/policy</c>.</summary>
    public string Place(string path) => $"{Origin}#{path}";
}
