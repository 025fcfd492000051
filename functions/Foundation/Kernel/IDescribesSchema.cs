namespace Foundation.Kernel;

/// <summary>
/// A JSON converter that can say its JSON Schema: the API document cannot see into converters. Named schemas of the document are
/// referred to as <c>#/components/schemas/Name</c>.
/// </summary>
public interface IDescribesSchema
{
    /// <summary>The schema, as JSON.</summary>
    string JsonSchema { get; }
}
