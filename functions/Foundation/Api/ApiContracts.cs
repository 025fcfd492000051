using System.Text.Json.Serialization;

namespace Foundation.Api;

/// <summary>A page of a list.</summary>
/// <param name="Items">May be fewer than the limit while <paramref name="Next"/> is present.</param>
/// <param name="Next">The cursor of the next page; absent at the end.</param>
public sealed record ItemPage<T>(IReadOnlyList<T> Items, string? Next = null);

/// <summary>How many there are.</summary>
/// <param name="Count">The number.</param>
/// <param name="Exact">False when counting stopped at a bound: there are at least so many.</param>
public sealed record CountAnswer(long Count, bool Exact);

/// <summary>The JSON of the door itself.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CountAnswer))]
internal sealed partial class ApiJson : JsonSerializerContext;
