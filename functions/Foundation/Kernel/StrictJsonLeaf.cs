using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Foundation.Kernel;

/// <summary>Checks one value that a converter reads whole, and says in the caller's words what is wrong with it.</summary>
internal static class StrictJsonLeaf
{
    /// <summary>Adds a fault where the value is refused.</summary>
    public static void Check(
        StrictJsonWalk walk, JsonElement element, JsonTypeInfo type, string path, JsonPropertyInfo? member, JsonTypeInfo? owner)
    {
        if (Failure(element, type, member, owner) is not { } failure) return;
        var described = Described(type, member);
        var expected = described?.Expected ?? Expected(type);

        // The serializer wraps a converter of a nullable member, and the wrapper does not say what it reads.
        var kind = described?.Kind ?? (member?.CustomConverter is null ? KindOf(type.Type) : null);
        if (kind is { } wanted and not JsonValueKind.Undefined && !Matches(element.ValueKind, wanted))
        {
            walk.Add(path, ApiErrors.InvalidType, $"Expected {expected}, got {StrictJsonWalk.Noun(element.ValueKind)}.");
            return;
        }

        var text = element.ValueKind == JsonValueKind.String ? SafeString(element) : null;
        var hint = text is not null && described is not null ? DidYouMean.Hint(text, described.Allowed) : null;
        var shown = text is null ? Texts.Clip(element.GetRawText()) : $"'{Texts.Clip(text)}'";
        var inside = member is null && failure is JsonException { Path: { } at } ? path + StrictJsonWalk.ToPointer(at) : path;
        walk.Add(inside, ApiErrors.InvalidValue, StrictJsonWalk.Message(failure) ?? $"{shown} is not {expected}.", hint);
    }

    /// <summary>What a value of this type looks like, to follow "expected" or "is not".</summary>
    public static string Expected(JsonTypeInfo type)
    {
        if (type.Converter is IDescribesValue described) return described.Expected;
        return Type.GetTypeCode(type.Type) switch
        {
            _ when type.Type.IsEnum => "one of " + string.Join(", ", Enum.GetNames(type.Type)),
            TypeCode.Boolean => "a boolean",
            TypeCode.String or TypeCode.Char => "a string",
            TypeCode.DateTime => "a date and time",
            TypeCode.Byte => "a whole number from 0 to 255",
            TypeCode.Int16 => $"a whole number from {short.MinValue} to {short.MaxValue}",
            TypeCode.UInt16 => $"a whole number from 0 to {ushort.MaxValue}",
            TypeCode.Int32 => $"a whole number from {int.MinValue} to {int.MaxValue}",
            TypeCode.UInt32 => $"a whole number from 0 to {uint.MaxValue}",
            TypeCode.Int64 => $"a whole number from {long.MinValue} to {long.MaxValue}",
            TypeCode.UInt64 => $"a whole number from 0 to {ulong.MaxValue}",
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number",
            _ when type.Type == typeof(DateTimeOffset) => Instants.Expected,
            _ when type.Type == typeof(Uri) => "a URI",
            _ when type.Type == typeof(Guid) => "a UUID",
            _ when type.Type == typeof(byte[]) => "a string in base 64",
            _ => "another value",
        };
    }

    private static Exception? Failure(JsonElement element, JsonTypeInfo type, JsonPropertyInfo? member, JsonTypeInfo? owner)
    {
        try
        {
            // A converter of one member can only be reached through its owner: an object with nothing else in it. The owner may then
            // miss required members, but a member is converted before they are counted.
            if (member?.CustomConverter is null) element.Deserialize(type);
            else new JsonObject { [member.Name] = JsonNode.Parse(element.GetRawText()) }.Deserialize(owner!);
            return null;
        }
        catch (JsonException exception) when (member is not null && (exception.Path is null or "$") && exception.InnerException is null)
        {
            return null;
        }
        catch (Exception exception) when (StrictJson.IsRefusal(exception))
        {
            return exception;
        }
    }

    private static IDescribesValue? Described(JsonTypeInfo type, JsonPropertyInfo? member) =>
        member?.CustomConverter as IDescribesValue ?? type.Converter as IDescribesValue;

    private static JsonValueKind? KindOf(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => JsonValueKind.String,
        TypeCode.Boolean => JsonValueKind.True,
        TypeCode.String or TypeCode.Char or TypeCode.DateTime => JsonValueKind.String,
        >= TypeCode.SByte and <= TypeCode.Decimal => JsonValueKind.Number,
        _ when type == typeof(DateTimeOffset) || type == typeof(Uri) => JsonValueKind.String,
        _ when type == typeof(Guid) || type == typeof(byte[]) => JsonValueKind.String,
        _ => null,
    };

    private static bool Matches(JsonValueKind actual, JsonValueKind wanted) =>
        actual == wanted || (wanted == JsonValueKind.True && actual == JsonValueKind.False);

    private static string? SafeString(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
