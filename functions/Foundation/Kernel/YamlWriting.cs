using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlScalar = YamlDotNet.Core.Events.Scalar;

namespace Foundation.Kernel;

/// <summary>Writes one document of a stream as JSON.</summary>
internal sealed class YamlWriting(YamlStream stream)
{
    private int _nodes;

    /// <summary>The document whose value starts at the event.</summary>
    public RawJson Write(int start) => RawJson.Trusted(JsonWriting.ToBytes((this, start), static (writer, state) =>
        state.Item1.Node(writer, state.start, 0)));

    // Gives back the index after the node.
    private int Node(Utf8JsonWriter writer, int index, int depth)
    {
        var node = stream.Events[index];
        if (++_nodes > Yaml.NodesMax) throw YamlStream.At(node, $"with its aliases the document has more than {Yaml.NodesMax} nodes.");
        if (depth > JsonLimits.DepthMax) throw YamlStream.At(node, $"more than {JsonLimits.DepthMax} levels.");
        if (writer.BytesCommitted + writer.BytesPending > Yaml.SizeMax)
        {
            throw YamlStream.At(node, $"with its aliases the document is larger than {Sizes.Format(Yaml.SizeMax)}.");
        }

        switch (node)
        {
            case AnchorAlias:
                Node(writer, stream.Aliases[index], depth);
                return index + 1;
            case YamlScalar scalar:
                Value(writer, scalar);
                return index + 1;
            case SequenceStart sequence:
                CheckTag(sequence, "tag:yaml.org,2002:seq");
                writer.WriteStartArray();
                index++;
                while (stream.Events[index] is not SequenceEnd) index = Node(writer, index, depth + 1);
                writer.WriteEndArray();
                return index + 1;
            case MappingStart mapping:
                CheckTag(mapping, "tag:yaml.org,2002:map");
                return Mapping(writer, index + 1, depth);
            default:
                throw YamlStream.At(node, $"unexpected {node.GetType().Name}.");
        }
    }

    private int Mapping(Utf8JsonWriter writer, int index, int depth)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        writer.WriteStartObject();
        while (stream.Events[index] is not MappingEnd)
        {
            var key = stream.Events[stream.Aliases.GetValueOrDefault(index, index)];
            if (key is not YamlScalar { Value: var name }) throw YamlStream.At(stream.Events[index], "a key must be a text.");
            if (!names.Add(name)) throw YamlStream.At(stream.Events[index], $"the key '{Texts.Clip(name)}' stands twice.");
            writer.WritePropertyName(name);
            index = Node(writer, index + 1, depth + 1);
        }

        writer.WriteEndObject();
        return index + 1;
    }

    private static void CheckTag(NodeEvent node, string allowed)
    {
        if (node.Tag.IsEmpty || node.Tag.IsNonSpecific || node.Tag.Value == allowed) return;
        throw YamlStream.At(node, $"the tag {node.Tag.Value} is not supported.");
    }

    private static void Value(Utf8JsonWriter writer, YamlScalar scalar)
    {
        var tag = scalar.Tag.IsEmpty ? null : scalar.Tag.Value;
        var isText = tag is "tag:yaml.org,2002:str" or "!" || (tag is null && scalar.Style != ScalarStyle.Plain);
        if (isText)
        {
            writer.WriteStringValue(scalar.Value);
            return;
        }

        var json = YamlScalars.Resolve(scalar.Value, out var reason);
        if (reason is not null) throw YamlStream.At(scalar, reason);
        var fits = tag switch
        {
            null => true,
            "tag:yaml.org,2002:null" => json == "null",
            "tag:yaml.org,2002:bool" => json is "true" or "false",
            "tag:yaml.org,2002:int" => json is not null && json.AsSpan().TrimStart('-').IndexOfAnyExceptInRange('0', '9') < 0,
            "tag:yaml.org,2002:float" => json is not (null or "null" or "true" or "false"),
            _ => throw YamlStream.At(scalar, $"the tag {tag} is not supported."),
        };
        if (!fits) throw YamlStream.At(scalar, $"'{Texts.Clip(scalar.Value)}' does not fit its tag {tag}.");
        if (json is null) writer.WriteStringValue(scalar.Value);
        else writer.WriteRawValue(json, skipInputValidation: true);
    }
}
