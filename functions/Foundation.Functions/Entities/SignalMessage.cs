using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Functions.Entities;

/// <summary>
/// A signal as the input of an entity's operation. Sent as a JSON element: a text would be encoded twice. Member names are read by other
/// versions of this program: frozen.
/// </summary>
internal sealed record SignalMessage(string Source, long Number, JsonElement? Body)
{
    /// <summary>The one operation.</summary>
    public const string Operation = "signal";

    public static JsonElement ToInput(Signal signal) => JsonSerializer.SerializeToElement(
        new SignalMessage(signal.Source, signal.Number, signal.Body.IsEmpty ? null : JsonElement.Parse(signal.Body.Span)),
        SignalJson.Default.SignalMessage);

    public static Signal ToSignal(JsonElement input)
    {
        var message = input.Deserialize(SignalJson.Default.SignalMessage) ?? throw new JsonException("A signal is an object");
        return new Signal(message.Source, message.Number, message.Body is { } body ? Encoding.UTF8.GetBytes(body.GetRawText()) : default);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SignalMessage))]
internal sealed partial class SignalJson : JsonSerializerContext;
