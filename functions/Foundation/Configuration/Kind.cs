using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Foundation.Configuration;

/// <summary>
/// A kind of documents, declared by the room that owns it. Documents are read strictly (unknown members are refused), checked,
/// their references looked up, and compiled into what the room uses at run time.
/// </summary>
/// <typeparam name="TDoc">
/// The contract of a document. Its member initialisers are the defaults of every document; such members have a <c>set</c>, since
/// source-generated JSON loses the initialisers of <c>init</c> ones.
/// </typeparam>
/// <typeparam name="TRuntime">What a document means at run time; immutable.</typeparam>
public sealed class Kind<TDoc, TRuntime> : IKind
    where TDoc : class
    where TRuntime : class
{
    private readonly JsonTypeInfo<TDoc> _json;
    private readonly Action<string, TDoc, ICollection<Fault>>? _check;
    private readonly Func<TDoc, IEnumerable<DocumentReference>>? _references;
    private readonly Func<string, TDoc, KindCompilation, Outcome<TRuntime>> _compile;

    /// <summary>Declares a kind.</summary>
    /// <param name="name">Plural, kebab-case: <c>retry-policies</c>.</param>
    /// <param name="json">How documents are read and written; source-generated.</param>
    /// <param name="builtIns">Documents that exist by themselves. A written one of the same name is merged over it (RFC 7396).</param>
    /// <param name="check">Adds faults that the contract alone cannot see, by JSON Pointer.</param>
    /// <param name="references">The documents that a document names.</param>
    /// <param name="compile">Makes the run-time form of the document with this name; faults of the problem count like a check's.</param>
    public Kind(
        string name,
        JsonTypeInfo<TDoc> json,
        IReadOnlyDictionary<string, TDoc> builtIns,
        Action<string, TDoc, ICollection<Fault>>? check,
        Func<TDoc, IEnumerable<DocumentReference>>? references,
        Func<string, TDoc, KindCompilation, Outcome<TRuntime>> compile)
    {
        (Name, _json, _check, _references, _compile) = (name, json, check, references, compile);
        BuiltIns = builtIns.ToDictionary(pair => pair.Key, pair => Write(pair.Value), StringComparer.Ordinal);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The compiled documents.</summary>
    public ConfigView<TRuntime> View { get; } = new();

    /// <summary>What documents of this kind look like, as JSON Schema.</summary>
    public RawJson Schema => KindSchema.Of(StrictJson.TypeInfo(_json));

    /// <summary>The documents that exist by themselves.</summary>
    public IReadOnlyDictionary<string, RawJson> BuiltIns { get; }

    object? IKind.Read(string name, RawJson json, ICollection<Fault> faults)
    {
        var read = StrictJson.Read(json, _json);
        if (read.Problem is { } problem)
        {
            foreach (var fault in problem.Faults) faults.Add(fault);
            return null;
        }

        var before = faults.Count;
        _check?.Invoke(name, read.Value, faults);
        return faults.Count == before ? read.Value : null;
    }

    IEnumerable<DocumentReference> IKind.References(object document) => _references?.Invoke((TDoc)document) ?? [];

    object? IKind.Compile(string name, object document, KindCompilation compilation, ICollection<Fault> faults)
    {
        var compiled = _compile(name, (TDoc)document, compilation);
        if (compiled.Problem is not { } problem) return compiled.Value;
        if (problem.Faults.Count == 0) faults.Add(new Fault("", problem.Error.Code, problem.Detail ?? problem.Error.Title));
        foreach (var fault in problem.Faults) faults.Add(fault);
        return null;
    }

    RawJson IKind.Effective(object document) => Write((TDoc)document);

    void IKind.Publish(IReadOnlyDictionary<string, object> compiled, long epoch) =>
        View.Publish(compiled.ToDictionary(pair => pair.Key, pair => (TRuntime)pair.Value, StringComparer.Ordinal), epoch);

    private RawJson Write(TDoc document) => RawJson.Trusted(JsonSerializer.SerializeToUtf8Bytes(document, _json));
}

/// <summary>A kind as the registry sees it, whatever its types.</summary>
internal interface IKind
{
    string Name { get; }

    RawJson Schema { get; }

    IReadOnlyDictionary<string, RawJson> BuiltIns { get; }

    /// <summary>The document, or null and faults.</summary>
    object? Read(string name, RawJson json, ICollection<Fault> faults);

    IEnumerable<DocumentReference> References(object document);

    /// <summary>The run-time form, or null and faults.</summary>
    object? Compile(string name, object document, KindCompilation compilation, ICollection<Fault> faults);

    /// <summary>The document with every default in it.</summary>
    RawJson Effective(object document);

    void Publish(IReadOnlyDictionary<string, object> compiled, long epoch);
}
