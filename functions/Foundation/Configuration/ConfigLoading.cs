namespace Foundation.Configuration;

/// <summary>The steps of loading: read and merge, look up references, compile. Pure but for the source.</summary>
internal static class ConfigLoading
{
    /// <summary>All documents, with their faults.</summary>
    public static IReadOnlyDictionary<string, LoadedKind> Read(
        IReadOnlyDictionary<string, IKind> kinds, IConfigSource? source, List<Fault> faults)
    {
        var written = source?.Read([.. kinds.Keys], faults) ?? [];
        var loaded = kinds.ToDictionary(pair => pair.Key, pair => ReadKind(pair.Value, written, faults), StringComparer.Ordinal);
        CheckReferences(loaded, written, faults);
        return loaded;
    }

    /// <summary>The run-time form of every document, by kind and name.</summary>
    public static Dictionary<string, IReadOnlyDictionary<string, object>> Compile(
        IReadOnlyDictionary<string, LoadedKind> kinds, ICollection<Fault> faults)
    {
        var compilation = new KindCompilation(kinds, faults);
        var compiled = new Dictionary<string, IReadOnlyDictionary<string, object>>(StringComparer.Ordinal);
        foreach (var (kind, loaded) in kinds)
        {
            var documents = new Dictionary<string, object>(StringComparer.Ordinal);
            foreach (var name in loaded.Documents.Keys)
            {
                if (compilation.Compile(kind, name) is { } document) documents[name] = document;
            }

            compiled[kind] = documents;
        }

        return compiled;
    }

    private static LoadedKind ReadKind(IKind kind, IReadOnlyList<SourceDocument> written, List<Fault> faults)
    {
        var documents = new Dictionary<string, LoadedDocument>(StringComparer.Ordinal);
        foreach (var (name, json) in kind.BuiltIns)
        {
            if (written.Any(document => document.Kind == kind.Name && document.Name == name)) continue;
            Add(name, json, default, $"built-in {kind.Name}/{name}");
        }

        foreach (var document in written.Where(document => document.Kind == kind.Name))
        {
            Add(document.Name, kind.BuiltIns.GetValueOrDefault(document.Name), document.Json, document.Origin);
        }

        return new LoadedKind(kind, documents);

        void Add(string name, RawJson builtIn, RawJson own, string origin)
        {
            var found = new List<Fault>();
            var content = kind.Read(name, JsonMerge.Apply(builtIn, own), found);
            faults.AddRange(found.Select(fault => fault with { Path = $"{origin}#{fault.Path}" }));
            if (content is null) return;
            var stored = own.IsEmpty
                ? new ConfigDocument(kind.Name, name, ConfigDocument.BuiltInLayer, builtIn, kind.Effective(content))
                : new ConfigDocument(kind.Name, name, ConfigDocument.DefaultLayer, own, kind.Effective(content));
            documents[name] = new LoadedDocument(stored, content, origin);
        }
    }

    private static void CheckReferences(
        IReadOnlyDictionary<string, LoadedKind> kinds, IReadOnlyList<SourceDocument> written, List<Fault> faults)
    {
        foreach (var loaded in kinds.Values)
        {
            foreach (var document in loaded.Documents.Values)
            {
                foreach (var reference in loaded.Kind.References(document.Content))
                {
                    if (Exists(reference)) continue;
                    var known = kinds.TryGetValue(reference.Kind, out var kind) ? kind.Documents.Keys : [];
                    faults.Add(new Fault(
                        document.Place(reference.Path),
                        ApiErrors.UnknownReference.Code,
                        $"There is no {reference.Kind}/{Texts.Clip(reference.Name)}.",
                        DidYouMean.Hint(reference.Name, known)));
                }
            }
        }

        // One that is there but has faults is no second fault of those that name it.
        bool Exists(DocumentReference reference) =>
            (kinds.TryGetValue(reference.Kind, out var kind) && kind.Documents.ContainsKey(reference.Name))
            || written.Any(document => document.Kind == reference.Kind && document.Name == reference.Name);
    }
}
