using System.Text.Json;

namespace Foundation.Kernel;

/// <summary>
/// JSON Merge Patch (RFC 7396) on bytes. What the patch does not touch stays byte for byte; members keep the target's order, new
/// ones follow in the patch's.
/// </summary>
public static class JsonMerge
{
    /// <summary>The target as the patch changes it. An empty target counts as absent, an empty patch changes nothing.</summary>
    public static RawJson Apply(RawJson target, RawJson patch)
    {
        if (patch.IsEmpty) return target;
        if (patch.Kind != JsonValueKind.Object) return patch;
        using var change = patch.ToDocument();
        using var original = target.Kind == JsonValueKind.Object ? target.ToDocument() : null;
        return RawJson.Trusted(JsonWriting.ToBytes((Target: original?.RootElement, Patch: change.RootElement), static (writer, pair) =>
            Write(writer, pair.Target, pair.Patch)));
    }

    private static void Write(Utf8JsonWriter writer, JsonElement? target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object || (target is not { ValueKind: JsonValueKind.Object } && !HasNull(patch)))
        {
            WriteUnchanged(writer, patch);
            return;
        }

        // The last of two equal names wins, as everywhere in this code.
        var changes = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in patch.EnumerateObject()) changes[member.Name] = member.Value;

        writer.WriteStartObject();
        if (target is { ValueKind: JsonValueKind.Object } before)
        {
            var members = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var member in before.EnumerateObject()) members[member.Name] = member.Value;
            foreach (var (name, value) in members)
            {
                var changed = changes.Remove(name, out var change);
                if (changed && change.ValueKind == JsonValueKind.Null) continue;
                writer.WritePropertyName(name);
                if (changed) Write(writer, value, change);
                else WriteUnchanged(writer, value);
            }
        }

        foreach (var member in patch.EnumerateObject())
        {
            if (!changes.Remove(member.Name, out var added) || added.ValueKind == JsonValueKind.Null) continue;
            writer.WritePropertyName(member.Name);
            Write(writer, null, added);
        }

        writer.WriteEndObject();
    }

    // Whether the object, or one in it, has a member that a patch would remove.
    private static bool HasNull(JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object) return false;
        foreach (var member in patch.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null || HasNull(member.Value)) return true;
        }

        return false;
    }

    private static void WriteUnchanged(Utf8JsonWriter writer, JsonElement value) =>
        writer.WriteRawValue(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
}
