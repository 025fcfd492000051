using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Foundation.Kernel;

/// <summary>One walk of a parsed body along the metadata of its type, collecting faults.</summary>
internal sealed class StrictJsonWalk(JsonSerializerOptions options, int faultsMax)
{
    /// <summary>What was found, in the order of the body.</summary>
    public List<Fault> Faults { get; } = [];

    private bool Full => Faults.Count >= faultsMax;

    /// <summary>Walks the whole body.</summary>
    public void Root(JsonElement element, JsonTypeInfo type)
    {
        if (element.ValueKind == JsonValueKind.Null && type.Kind != JsonTypeInfoKind.None)
        {
            Add("", ApiErrors.InvalidType, $"Expected {Noun(type)}, got null.");
            return;
        }

        Value(element, type, "", null, null);
    }

    /// <summary>The path of a serializer's exception as a JSON Pointer: <c>$.a[0]['b.c']</c> is <c>/a/0/b.c</c>.</summary>
    public static string ToPointer(string path)
    {
        var pointer = new StringBuilder();
        var i = 1;
        while (i < path.Length)
        {
            var (start, end, next) = path[i] switch
            {
                '[' when i + 1 < path.Length && path[i + 1] == '\'' => Bounds(path, i + 2, "']", 2),
                '[' => Bounds(path, i + 1, "]", 1),
                _ => Name(path, i + 1),
            };
            pointer.Append('/').Append(JsonPointers.Escape(path[start..end]));
            i = next;
        }

        return pointer.ToString();
    }

    /// <summary>The text of a converter of ours, or null for the serializer's own, which speaks of .NET types.</summary>
    public static string? Message(Exception exception) => exception switch
    {
        JsonException { InnerException: FormatException inner } => inner.Message,
        JsonException json when json.Message.Contains("Path: $", StringComparison.Ordinal) => null,
        JsonException or FormatException => exception.Message,
        ArgumentException argument => argument.Message,
        _ => null,
    };

    private static (int Start, int End, int Next) Bounds(string path, int start, string close, int skip)
    {
        var end = path.IndexOf(close, start, StringComparison.Ordinal);
        return end < 0 ? (start, path.Length, path.Length) : (start, end, end + skip);
    }

    private static (int Start, int End, int Next) Name(string path, int start)
    {
        var end = path.AsSpan(start).IndexOfAny('.', '[');
        end = end < 0 ? path.Length : start + end;
        return (start, end, end);
    }

    private void Value(JsonElement element, JsonTypeInfo type, string path, JsonPropertyInfo? member, JsonTypeInfo? owner)
    {
        if (Full) return;
        if (member?.CustomConverter is not null)
        {
            StrictJsonLeaf.Check(this, element, type, path, member, owner);
            return;
        }

        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when Is(element, JsonValueKind.Object, type, path):
                Object(element, type, path);
                break;
            case JsonTypeInfoKind.Dictionary when Is(element, JsonValueKind.Object, type, path):
                Map(element, type, path);
                break;
            case JsonTypeInfoKind.Enumerable when Is(element, JsonValueKind.Array, type, path):
                List(element, type, path);
                break;
            case JsonTypeInfoKind.None:
                StrictJsonLeaf.Check(this, element, type, path, null, null);
                break;
        }
    }

    private bool Is(JsonElement element, JsonValueKind kind, JsonTypeInfo type, string path)
    {
        if (element.ValueKind == kind) return true;
        Add(path, ApiErrors.InvalidType, $"Expected {Noun(type)}, got {Noun(element.ValueKind)}.");
        return false;
    }

    private void Object(JsonElement element, JsonTypeInfo type, string path)
    {
        var discriminator = type.PolymorphismOptions?.TypeDiscriminatorPropertyName;
        if (discriminator is not null)
        {
            // Without knowing which form is meant, nothing can be said about the members.
            if (Derived(element, type, discriminator, path) is not { } derived) return;
            type = derived;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var json in element.EnumerateObject())
        {
            if (Full) return;
            var place = JsonPointers.Append(path, json.Name);
            if (!seen.Add(json.Name)) Add(place, ApiErrors.DuplicateMember, $"'{Texts.Clip(json.Name)}' stands twice.");
            else if (json.Name != discriminator) Member(json, type, place);
        }

        foreach (var member in type.Properties)
        {
            if (member.IsRequired && !seen.Contains(member.Name))
            {
                Add(JsonPointers.Append(path, member.Name), ApiErrors.MissingMember, $"'{member.Name}' is required.");
            }
        }
    }

    private JsonTypeInfo? Derived(JsonElement element, JsonTypeInfo type, string discriminator, string path)
    {
        var known = type.PolymorphismOptions!.DerivedTypes;
        var isText = element.TryGetProperty(discriminator, out var value) && value.ValueKind == JsonValueKind.String;
        var name = isText ? value.GetString() : null;
        foreach (var candidate in known)
        {
            if (candidate.TypeDiscriminator as string == name && name is not null) return options.GetTypeInfo(candidate.DerivedType);
        }

        var names = known.Select(candidate => candidate.TypeDiscriminator?.ToString() ?? "").ToArray();
        var place = JsonPointers.Append(path, discriminator);
        var allowed = string.Join(", ", names);
        if (name is null) Add(place, ApiErrors.MissingMember, $"'{discriminator}' is required: one of {allowed}.");
        else Add(place, ApiErrors.InvalidValue, $"'{Texts.Clip(name)}' is not one of {allowed}.", DidYouMean.Hint(name, names));
        return null;
    }

    private void Member(JsonProperty json, JsonTypeInfo type, string place)
    {
        JsonPropertyInfo? member = null;
        var open = false;
        foreach (var candidate in type.Properties)
        {
            if (candidate.Name == json.Name) member = candidate;
            open |= candidate.IsExtensionData;
        }

        if (member is null)
        {
            var names = type.Properties.Where(candidate => !candidate.IsExtensionData).Select(candidate => candidate.Name);
            if (open) return;
            Add(place, ApiErrors.UnknownMember, $"'{Texts.Clip(json.Name)}' is not known here.", DidYouMean.Hint(json.Name, names));
            return;
        }

        if (json.Value.ValueKind == JsonValueKind.Null && AllowsNull(member)) return;
        var memberType = options.GetTypeInfo(Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType);
        if (json.Value.ValueKind == JsonValueKind.Null && !memberType.Type.IsValueType)
        {
            Add(place, ApiErrors.InvalidType, $"Expected {Noun(memberType)}, got null.", "Leave the member out instead.");
            return;
        }

        Value(json.Value, memberType, place, member, type);
    }

    private static bool AllowsNull(JsonPropertyInfo member) =>
        Nullable.GetUnderlyingType(member.PropertyType) is not null
        || member.PropertyType == typeof(RawJson)
        || (!member.PropertyType.IsValueType && (member.AssociatedParameter?.IsNullable ?? member.IsSetNullable));

    private void Map(JsonElement element, JsonTypeInfo type, string path)
    {
        var keys = type.KeyType == typeof(string) ? null : options.GetTypeInfo(type.KeyType!).Converter as IDescribesValue;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var json in element.EnumerateObject())
        {
            if (Full) return;
            var place = JsonPointers.Append(path, json.Name);
            if (!seen.Add(json.Name)) Add(place, ApiErrors.DuplicateMember, $"'{Texts.Clip(json.Name)}' stands twice.");
            else MapItem(json, type, keys, place);
        }
    }

    private void MapItem(JsonProperty json, JsonTypeInfo type, IDescribesValue? keys, string place)
    {
        if (keys is { Allowed: { Count: > 0 } allowed } && !allowed.Contains(json.Name))
        {
            Add(place, ApiErrors.InvalidValue, $"'{Texts.Clip(json.Name)}' is not {keys.Expected}.", DidYouMean.Hint(json.Name, allowed));
            return;
        }

        Item(json.Value, type.ElementType!, place);
    }

    private void List(JsonElement element, JsonTypeInfo type, string path)
    {
        var index = 0;
        foreach (var item in element.EnumerateArray())
        {
            if (Full) return;
            Item(item, type.ElementType!, JsonPointers.Append(path, index++));
        }
    }

    private void Item(JsonElement element, Type itemType, string place)
    {
        var nullable = Nullable.GetUnderlyingType(itemType);
        if (element.ValueKind == JsonValueKind.Null && (nullable is not null || itemType == typeof(RawJson))) return;
        var type = options.GetTypeInfo(nullable ?? itemType);
        if (element.ValueKind == JsonValueKind.Null) Add(place, ApiErrors.InvalidType, $"Expected {Noun(type)}, got null.");
        else Value(element, type, place, null, null);
    }

    public void Add(string path, ErrorCode code, string message, string? hint = null)
    {
        if (!Full) Faults.Add(new Fault(path, code.Code, message, hint));
    }

    public static string Noun(JsonTypeInfo type) => type.Kind switch
    {
        JsonTypeInfoKind.Enumerable => "an array",
        JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "an object",
        _ => StrictJsonLeaf.Expected(type),
    };

    public static string Noun(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
