using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Azure;

/// <summary>
/// Wake-ups as messages of Service Bus and Storage Queues: UTF-8 JSON. The row travels inside where the whole message stays small;
/// else its key does, which costs the receiver one read.
/// </summary>
/// <param name="catalog">Finds tables and spaces by the names in a message.</param>
public sealed class WakeUpCodec(TableCatalog catalog)
{
    /// <summary>
    /// The size up to which a message carries the row: half of what a Storage Queue takes, an eighth of Service Bus Standard.
    /// </summary>
    public const int BytesMax = 32 * 1024;

    /// <summary>The message of a wake-up.</summary>
    public static byte[] Encode(WakeUp wakeUp)
    {
        var message = new WakeUpMessage
        {
            Space = wakeUp.Shard.Space.Name,
            Shard = wakeUp.Shard.Number,
            Lane = wakeUp.Lane,
            At = wakeUp.At,
            Promptness = wakeUp.Promptness,
            Table = wakeUp.Key?.Table.Name,
            Id = wakeUp.Key is { Text: null } id ? id.Name : null,
            Text = wakeUp.Key?.Text,
        };
        if (wakeUp.Row is not { } row || row.State.Length + row.Body.Length > BytesMax)
        {
            return ToBytes(message);
        }

        var whole = ToBytes(message with { Row = ToMessage(row) });
        return whole.Length <= BytesMax ? whole : ToBytes(message);
    }

    /// <summary>Reads a message. False for one that is none, or that names a space nobody declares: never an exception.</summary>
    public bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out WakeUp? wakeUp)
    {
        wakeUp = null;
        try
        {
            var json = JsonSerializer.Deserialize(bytes, WakeUpJson.Default.WakeUpMessage);
            if (json is not { Space: { } space, Lane: { Length: > 0 } lane } message
                || catalog.FindSpace(space) is not { } found
                || message.Shard < 0)
            {
                return false;
            }

            var key = Key(message, found);
            var row = key is { } k && message.Row is { } r ? ToRow(r, k) : null;
            wakeUp = new WakeUp(new Shard(found, message.Shard), lane, message.At, message.Promptness, key, row);
            return true;
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            return false;
        }
    }

    private RowKey? Key(WakeUpMessage message, Space space)
    {
        if (message.Table is not { Length: > 0 } name)
        {
            return null;
        }

        if (message.Text is { Length: > 0 } text)
        {
            return new RowKey(catalog.GetTable(space, name, text), text);
        }

        return ResourceId.TryParse($"_{message.Id}", "", out var id)
            ? new RowKey(catalog.GetTable(space, name, message.Id!), id)
            : throw new FormatException("The message names a table without a key");
    }

    private static byte[] ToBytes(WakeUpMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, WakeUpJson.Default.WakeUpMessage);

    private static RowMessage ToMessage(Row row) => new()
    {
        Version = row.Version.Number,
        Tag = row.Version.Tag,
        State = row.State,
        Body = row.Body,
        Lane = row.Due?.Lane,
        At = row.Due?.At ?? 0,
        Promptness = row.Due?.Promptness ?? default,
    };

    private static Row ToRow(RowMessage row, RowKey key) => new(
        key,
        new RowVersion(row.Version, row.Tag),
        row.State,
        row.Body,
        row.Lane is { } lane ? new Due(lane, row.At, row.Promptness) : null);
}

/// <summary>The wire form. Member names are read by other versions of this program: frozen.</summary>
internal sealed record WakeUpMessage
{
    public string? Space { get; init; }

    public int Shard { get; init; }

    public string? Lane { get; init; }

    public long At { get; init; }

    public Promptness Promptness { get; init; }

    public string? Table { get; init; }

    public string? Id { get; init; }

    public string? Text { get; init; }

    public RowMessage? Row { get; init; }
}

/// <summary>The row of a wake-up as committed.</summary>
internal sealed record RowMessage
{
    public long Version { get; init; }

    public string? Tag { get; init; }

    public ReadOnlyMemory<byte> State { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public string? Lane { get; init; }

    public long At { get; init; }

    public Promptness Promptness { get; init; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(WakeUpMessage))]
internal sealed partial class WakeUpJson : JsonSerializerContext;
