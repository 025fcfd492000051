using System.Text.Json;
using System.Text.Json.Serialization;
using Foundation.Kernel;

namespace Foundation.Tests.Kernel;

[JsonConverter(typeof(KebabEnumConverter<Shade>))]
internal enum Shade
{
    LightBlue,
    DarkRed,
    Black,
}

internal sealed record Order(
    string Name,
    int Count = 1,
    Shade? Shade = null,
    TimeSpan? Delay = null,
    DateTimeOffset? RunAt = null,
    bool Urgent = false,
    IReadOnlyList<string>? Tags = null,
    IReadOnlyDictionary<string, int>? Sizes = null,
    Address? Address = null,
    IReadOnlyList<Address>? Stops = null,
    RawJson Data = default,
    [property: JsonConverter(typeof(ShareJsonConverter))] double Share = 0,
    [property: JsonConverter(typeof(ShareJsonConverter))] double? Part = null,
    IReadOnlyDictionary<Shade, int>? ByShade = null);

internal sealed record Address
{
    public required string Street { get; init; }

    public required int Number { get; init; }

    public Uri? Map { get; init; }
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Circle), "circle")]
[JsonDerivedType(typeof(Square), "square")]
internal abstract record Shape;

internal sealed record Circle(double Radius) : Shape;

internal sealed record Square(double Side) : Shape;

internal sealed record Drawing(IReadOnlyList<Shape> Shapes);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    Converters = [typeof(DurationJsonConverter), typeof(InstantJsonConverter)])]
[JsonSerializable(typeof(Envelope))]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Drawing))]
[JsonSerializable(typeof(List<string>))]
internal sealed partial class KernelTestJson : JsonSerializerContext;
