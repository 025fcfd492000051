using System.Text.Json.Serialization;

namespace Foundation.Configuration;

/// <summary>A kind of documents.</summary>
/// <param name="Kind">Its name.</param>
/// <param name="Documents">How many documents it has.</param>
/// <param name="Schema">What its documents look like, as JSON Schema.</param>
public sealed record KindAnswer(string Kind, int Documents, RawJson Schema);

/// <summary>A document in a list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Layer"><c>default</c>: written by an operator; <c>built-in</c>: exists by itself.</param>
/// <param name="Document">As it was written.</param>
public sealed record DocumentAnswer(string Name, string Layer, RawJson Document);

/// <summary>What a document amounts to.</summary>
/// <param name="Document">All layers merged, with every default.</param>
/// <param name="Versions">The layers it is made of, lowest first, with the version of each.</param>
public sealed record EffectiveAnswer(RawJson Document, IReadOnlyDictionary<string, long> Versions);

/// <summary>The JSON of this room.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(KindAnswer))]
[JsonSerializable(typeof(DocumentAnswer))]
[JsonSerializable(typeof(EffectiveAnswer))]
[JsonSerializable(typeof(RawJson))]
internal sealed partial class ConfigurationJson : JsonSerializerContext;

[JsonSerializable(typeof(System.Text.Json.Nodes.JsonNode))]
internal sealed partial class JsonNodeTypes : JsonSerializerContext;
