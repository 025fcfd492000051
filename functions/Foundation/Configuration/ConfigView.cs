using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Foundation.Configuration;

/// <summary>
/// The compiled documents of a kind, as rooms read them on hot paths: one reference, swapped as a whole per epoch, so a reader sees
/// all documents of one epoch or all of the next. Reading takes a few nanoseconds and allocates nothing. Take it by injection;
/// what it holds may change between two calls, so read once per decision.
/// </summary>
/// <typeparam name="TRuntime">What a document means at run time.</typeparam>
public sealed class ConfigView<TRuntime>
    where TRuntime : class
{
    private volatile State _state = new(FrozenDictionary<string, TRuntime>.Empty, [], 0);

    internal ConfigView()
    {
    }

    /// <summary>The number of the configuration in force; 0 before the first is loaded.</summary>
    public long Epoch => _state.Epoch;

    /// <summary>The names of all documents, in order.</summary>
    public IReadOnlyList<string> Names => _state.Names;

    /// <summary>All documents of one epoch, by name.</summary>
    public IReadOnlyDictionary<string, TRuntime> All => _state.Documents;

    /// <summary>The document. Throws where there is none: for built-in names, and for names that were checked as references.</summary>
    public TRuntime Get(string name) =>
        _state.Documents.TryGetValue(name, out var document)
            ? document
            : throw new KeyNotFoundException($"There is no {typeof(TRuntime).Name} '{name}' in epoch {_state.Epoch}.");

    /// <summary>The document, or null.</summary>
    public TRuntime? Find(string name) => _state.Documents.GetValueOrDefault(name);

    /// <summary>The document, if there is one.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out TRuntime? document) => _state.Documents.TryGetValue(name, out document);

    internal void Publish(IReadOnlyDictionary<string, TRuntime> documents, long epoch) => _state = new State(
        documents.ToFrozenDictionary(StringComparer.Ordinal), [.. documents.Keys.Order(StringComparer.Ordinal)], epoch);

    private sealed record State(FrozenDictionary<string, TRuntime> Documents, IReadOnlyList<string> Names, long Epoch);
}
