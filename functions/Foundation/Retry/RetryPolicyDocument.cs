using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Retry;

/// <summary>A document of <c>retry-policies</c>. Every member has a default.</summary>
public sealed record RetryPolicyDocument
{
    /// <summary>How long to wait before which retry: a source, then operators.</summary>
    public string Delays { get; set; } = DelayStream.Default.ToString();

    /// <summary>After which failures: classes, codes (<c>tasks.*</c>), statuses (<c>503</c>).</summary>
    public IReadOnlyList<RetryOnEntry> RetryOn { get; set; } =
        [.. Foundation.Retry.RetryOn.Default.Entries.Select(entry => new RetryOnEntry(entry))];

    /// <summary>What it means, or every fault below <paramref name="path"/>.</summary>
    public Outcome<RetryPolicy> Compile(string path = "")
    {
        var delays = DelayStream.Parse(Delays, JsonPointers.Append(path, "delays"));
        var on = Foundation.Retry.RetryOn.Parse([.. RetryOn.Select(entry => entry.Text)], JsonPointers.Append(path, "retryOn"));
        if (delays.Ok && on.Ok) return new RetryPolicy(delays.Value, on.Value);
        Fault[] faults = [.. delays.Problem?.Faults ?? [], .. on.Problem?.Faults ?? []];
        return new Problem(delays.Problem?.Error ?? on.Problem!.Error, faults[0].Message) { Faults = faults };
    }
}

/// <summary>An entry of <c>retryOn</c>: a text, or a status as a number.</summary>
/// <param name="Text">The class, code or status.</param>
[JsonConverter(typeof(RetryOnEntryConverter))]
public readonly record struct RetryOnEntry(string Text);

/// <summary>Reads texts and whole numbers; writes statuses as numbers.</summary>
public sealed class RetryOnEntryConverter : JsonConverter<RetryOnEntry>, IDescribesSchema
{
    /// <inheritdoc/>
    public string JsonSchema => """
        {
          "oneOf": [
            { "type": "string", "description": "A class, or a code such as `tasks.*`.", "examples": ["network"] },
            { "type": "integer", "description": "A status.", "examples": [503] }
          ]
        }
        """;

    /// <inheritdoc/>
    public override RetryOnEntry Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.String => new RetryOnEntry(reader.GetString()!),
            JsonTokenType.Number when reader.TryGetInt32(out var status) => new RetryOnEntry($"{status}"),
            _ => throw new FormatException("Expected a class such as network, a code such as tasks.*, or a status such as 503."),
        };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RetryOnEntry value, JsonSerializerOptions options)
    {
        if (int.TryParse(value.Text, out var status)) writer.WriteNumberValue(status);
        else writer.WriteStringValue(value.Text);
    }
}

/// <summary>The JSON of this room.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RetryPolicyDocument))]
internal sealed partial class RetryJson : JsonSerializerContext;
