using System.Text.Json;
using System.Text.Json.Serialization;
using Foundation.Configuration;
using Foundation.Kernel;

namespace Foundation.Tests.Configuration;

/// <summary>A kind of tests: paints name colours, or mix other paints.</summary>
internal sealed record ColorDocument
{
    public int Red { get; init; }

    public int Green { get; set; } = 10;

    public TimeSpan Dries { get; set; } = TimeSpan.FromMinutes(5);

    [JsonConverter(typeof(ShareJsonConverter))]
    public double Gloss { get; set; } = 0.5;

    public RawJson Notes { get; init; }
}

internal sealed record PaintDocument
{
    public required string Color { get; init; }

    public string? Mix { get; init; }
}

internal sealed record Color(int Red, int Green);

internal sealed record Paint(string Name, Color Color, Paint? Mix);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(DurationJsonConverter)])]
[JsonSerializable(typeof(ColorDocument))]
[JsonSerializable(typeof(PaintDocument))]
internal sealed partial class SampleKindsJson : JsonSerializerContext;

internal static class SampleKinds
{
    public static Kind<ColorDocument, Color> Colors() => new(
        "colors",
        SampleKindsJson.Default.ColorDocument,
        new Dictionary<string, ColorDocument> { ["default"] = new(), ["red"] = new() { Red = 255 } },
        check: static (name, document, faults) =>
        {
            if (document.Red > 255) faults.Add(new Fault("/red", "colors.too-red", $"{name} is too red."));
        },
        references: null,
        compile: static (_, document, _) => new Color(document.Red, document.Green));

    public static Kind<PaintDocument, Paint> Paints() => new(
        "paints",
        SampleKindsJson.Default.PaintDocument,
        new Dictionary<string, PaintDocument>(),
        check: null,
        references: static document =>
        [
            new DocumentReference("colors", document.Color, "/color"),
            .. document.Mix is { } mix ? [new DocumentReference("paints", mix, "/mix")] : Array.Empty<DocumentReference>(),
        ],
        compile: static (name, document, compilation) => new Paint(
            name,
            compilation.Find<Color>("colors", document.Color)!,
            document.Mix is { } mix ? compilation.Find<Paint>("paints", mix) : null));
}
