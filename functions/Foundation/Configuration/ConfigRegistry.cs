using Microsoft.Extensions.Logging;

namespace Foundation.Configuration;

/// <summary>
/// All kinds of this host and the documents in force. Loads them as one: either every document is valid and all views change to the
/// next epoch, or nothing changes. Documents come from the rooms (built-in) and from one source of written ones.
/// </summary>
internal sealed class ConfigRegistry
{
    private readonly Dictionary<string, IKind> _kinds;
    private readonly IConfigSource? _source;
    private readonly ILogger<ConfigRegistry> _log;
    private readonly Lock _gate = new();
    private volatile ConfigState? _state;

    public ConfigRegistry(IEnumerable<IKind> kinds, IEnumerable<IConfigSource> sources, ILogger<ConfigRegistry> log)
    {
        _kinds = kinds.ToDictionary(kind => kind.Name, StringComparer.Ordinal);
        _source = sources.SingleOrDefault();
        _log = log;
    }

    /// <summary>The number of the configuration in force.</summary>
    public long Epoch => State.Epoch;

    /// <summary>The kinds, by name.</summary>
    public IReadOnlyList<IKind> Kinds => [.. _kinds.Values.OrderBy(kind => kind.Name, StringComparer.Ordinal)];

    private ConfigState State => _state ?? EnsureLoaded();

    /// <summary>
    /// Loads the first time. Throws <see cref="InvalidConfigurationException"/>: a host with faults in its documents does not start.
    /// </summary>
    public ConfigState EnsureLoaded()
    {
        if (_state is { } loaded) return loaded;
        var outcome = Reload();
        return outcome.Ok ? _state! : throw new InvalidConfigurationException(outcome.Problem!);
    }

    /// <summary>Reads everything again. The epoch in force afterwards, or every fault; then nothing has changed.</summary>
    public Outcome<long> Reload()
    {
        lock (_gate)
        {
            var faults = new List<Fault>();
            var loaded = ConfigLoading.Read(_kinds, _source, faults);
            var compiled = faults.Count == 0 ? ConfigLoading.Compile(loaded, faults) : null;
            if (faults.Count > 0 || compiled is null)
            {
                _log.ConfigurationRefused(faults.Count);
                return new Problem(ConfigErrors.Invalid, $"{faults.Count} errors; the first: {faults[0].Path}: {faults[0].Message}")
                {
                    Faults = [.. faults.Take(StrictJson.FaultsMax)],
                };
            }

            var next = new ConfigState((_state?.Epoch ?? 0) + 1, loaded, _state);
            if (_state is { } before && before.SameAs(next)) return before.Epoch;
            foreach (var (kind, documents) in compiled) _kinds[kind].Publish(documents, next.Epoch);
            _state = next;
            _log.ConfigurationLoaded(next.Epoch, next.Count, _kinds.Count);
            return next.Epoch;
        }
    }

    /// <summary>The documents of a kind, by name; or why there are none.</summary>
    public Outcome<IReadOnlyList<ConfigDocument>> List(string kind)
    {
        if (!State.Kinds.TryGetValue(kind, out var loaded)) return UnknownKind(kind);
        return loaded.Documents.Values.Select(document => document.Stored)
            .OrderBy(document => document.Name, StringComparer.Ordinal).ToArray();
    }

    /// <summary>One document, or why it is not there.</summary>
    public Outcome<ConfigDocument> Find(string kind, string name) => Find(State, kind, name);

    /// <summary>The document as one layer has it (the topmost when null) with its version there, or why it is not there.</summary>
    public Outcome<(RawJson Document, long Version)> Find(string kind, string name, string? layer)
    {
        var state = State;
        var found = Find(state, kind, name);
        if (found.Problem is { } problem) return problem;
        if (layer is null || layer == found.Value.Layer) return (found.Value.Document, state.VersionOf(found.Value));
        if (layer is not (ConfigDocument.DefaultLayer or ConfigDocument.BuiltInLayer))
        {
            return new Problem(ConfigErrors.UnknownLayer, $"There is no layer '{Texts.Clip(layer)}'.");
        }

        var builtIn = _kinds[kind].BuiltIns.GetValueOrDefault(name);
        return layer == ConfigDocument.BuiltInLayer && !builtIn.IsEmpty
            ? (builtIn, ConfigState.FirstVersion)
            : new Problem(ConfigErrors.NotFound, $"{kind}/{Texts.Clip(name)} has no layer {layer}.");
    }

    /// <summary>What a document amounts to, with the version of each of its layers, lowest first; or why it is not there.</summary>
    public Outcome<EffectiveAnswer> FindEffective(string kind, string name)
    {
        var state = State;
        var found = Find(state, kind, name);
        if (found.Problem is { } problem) return problem;
        var versions = new OrderedDictionary<string, long>();
        if (_kinds[kind].BuiltIns.ContainsKey(name)) versions[ConfigDocument.BuiltInLayer] = ConfigState.FirstVersion;
        versions[found.Value.Layer] = state.VersionOf(found.Value);
        return new EffectiveAnswer(found.Value.Effective, versions);
    }

    private Outcome<ConfigDocument> Find(ConfigState state, string kind, string name)
    {
        if (!state.Kinds.TryGetValue(kind, out var loaded)) return UnknownKind(kind);
        if (loaded.Documents.TryGetValue(name, out var document)) return document.Stored;
        var hint = DidYouMean.Hint(name, loaded.Documents.Keys);
        return new Problem(ConfigErrors.NotFound, $"There is no {kind}/{Texts.Clip(name)}." + (hint is null ? "" : " " + hint));
    }

    private Problem UnknownKind(string kind)
    {
        var hint = DidYouMean.Hint(kind, _kinds.Keys);
        return new Problem(ConfigErrors.UnknownKind, $"There is no kind '{Texts.Clip(kind)}'." + (hint is null ? "" : " " + hint));
    }
}
