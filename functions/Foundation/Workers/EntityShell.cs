using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Workers;

/// <summary>
/// What every host puts around an entity's rule: drops doubled and reversed signals by the source's number, keeps the state when
/// the rule throws, and counts that. Sources not heard for an hour are forgotten.
/// </summary>
public static class EntityShell
{
    private static readonly TimeSpan SourceLife = TimeSpan.FromHours(1);

    /// <summary>The envelope after a signal.</summary>
    /// <param name="decider">The rule.</param>
    /// <param name="envelope">The stored envelope; empty at first.</param>
    /// <param name="signal">What was told.</param>
    /// <param name="now">The host's time.</param>
    /// <param name="failure">What the rule threw, or null.</param>
    public static ReadOnlyMemory<byte> Apply(
        IEntityDecider decider, ReadOnlyMemory<byte> envelope, Signal signal, DateTimeOffset now, out Exception? failure)
    {
        failure = null;
        var before = Read(envelope);
        if (before.Sources.TryGetValue(signal.Source, out var seen) && signal.Number <= seen.Number)
        {
            return envelope;
        }

        var sources = before.Sources.Where(s => s.Value.Until > now).ToDictionary();
        sources[signal.Source] = new EntitySource(signal.Number, now + SourceLife);
        var after = before with { Sources = sources };
        try
        {
            var state = decider.Apply(Bytes(before.State), signal, now);
            after = after with { State = JsonElement.Parse(state.Span) };
        }
#pragma warning disable CA1031 // An exception would consume the signal and lose the sources' numbers: it is recorded instead.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
            after = after with { Failures = before.Failures + 1, LastFailure = e.Message };
        }

        return JsonSerializer.SerializeToUtf8Bytes(after, EntityJson.Default.EntityEnvelope);
    }

    /// <summary>The rule's state inside an envelope.</summary>
    public static ReadOnlyMemory<byte> StateOf(ReadOnlyMemory<byte> envelope) => Bytes(Read(envelope).State);

    private static ReadOnlyMemory<byte> Bytes(JsonElement? state) => state is { } json ? Encoding.UTF8.GetBytes(json.GetRawText()) : default;

    private static EntityEnvelope Read(ReadOnlyMemory<byte> envelope) => envelope.IsEmpty
        ? new EntityEnvelope([], null, 0, null)
        : JsonSerializer.Deserialize(envelope.Span, EntityJson.Default.EntityEnvelope)!;
}

internal sealed record EntityEnvelope(Dictionary<string, EntitySource> Sources, JsonElement? State, long Failures, string? LastFailure);

internal sealed record EntitySource(long Number, DateTimeOffset Until);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(EntityEnvelope))]
internal sealed partial class EntityJson : JsonSerializerContext;
