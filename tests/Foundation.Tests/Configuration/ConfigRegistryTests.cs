using Foundation.Configuration;
using Foundation.Kernel;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Foundation.Tests.Configuration;

public sealed class ConfigRegistryTests
{
    private readonly Kind<ColorDocument, Color> _colors = SampleKinds.Colors();
    private readonly Kind<PaintDocument, Paint> _paints = SampleKinds.Paints();

    [Fact]
    public void Load_WithoutASource_HasTheBuiltIns()
    {
        var registry = Registry(null);
        registry.EnsureLoaded();
        Assert.Equal(1, registry.Epoch);
        Assert.Equal(["default", "red"], _colors.View.Names);
        Assert.Equal(new Color(255, 10), _colors.View.Get("red"));
        Assert.Equal("built-in", registry.Find("colors", "red").Value.Layer);
        Assert.Empty(_paints.View.Names);
    }

    [Fact]
    public void View_BeforeALoad_IsEmpty()
    {
        Assert.Equal(0, _colors.View.Epoch);
        Assert.Null(_colors.View.Find("red"));
        Assert.False(_colors.View.TryGet("red", out _));
        Assert.Throws<KeyNotFoundException>(() => _colors.View.Get("red"));
    }

    [Fact]
    public void Load_OfFiles_MergesThemOverTheBuiltIns()
    {
        using var folder = new ConfigFolder(
            ("colors/red.yaml", "green: 20"), ("colors/blue.json", """{ "gloss" : "10%", "notes": { "n": 1.10 } }"""),
            ("colors/x.yml", "{}"), ("paints/wall.yaml", "color: blue\nmix: door"), ("paints/door.yaml", "color: red"),
            (".git/ignored", "x"), ("colors/.hidden", "x"));
        var registry = Registry(folder);
        registry.EnsureLoaded();
        Assert.Equal(["blue", "default", "red", "x"], _colors.View.Names);
        Assert.Equal(new Color(255, 20), _colors.View.Get("red"));
        Assert.Equal(new Paint("wall", new Color(0, 10), new Paint("door", new Color(255, 20), null)), _paints.View.Get("wall"));
        Assert.Same(_colors.View.Get("red"), _paints.View.Get("door").Color);

        var blue = registry.Find("colors", "blue").Value;
        Assert.Equal("""{ "gloss" : "10%", "notes": { "n": 1.10 } }""", blue.Document.ToString());
        Assert.Equal("""{"red":0,"green":10,"dries":"5m","gloss":"10%","notes":{ "n": 1.10 }}""", blue.Effective.ToString());
        var red = registry.Find("colors", "red").Value;
        Assert.Equal(("default", """{"green":20}"""), (red.Layer, red.Document.ToString()));
        Assert.StartsWith("""{"red":255,"green":20,""", red.Effective.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfFaultyFiles_ListsEveryFaultWithFileAndPointer()
    {
        using var folder = new ConfigFolder(
            ("colors/red.yaml", "gren: 20\ndries: soon"), ("colors/pink.yaml", "red: 300"), ("colors/twice.json", """{"red":1,"red":2}"""),
            ("colors/broken.yaml", "a: [1"), ("colors/two.yaml", "{}\n---\n{}"), ("colors/none.yaml", ""), ("colors/Upper.yaml", "{}"),
            ("colors/same.yaml", "{}"), ("colors/same.json", "{}"), ("colors/notes.txt", "x"), ("colors/inner/x.yaml", "{}"),
            ("paint/wall.yaml", "color: red"), ("top.yaml", "{}"), ("paints/a.yaml", "color: gren\nmix: pink"),
            ("paints/b.yaml", "color: pink"));
        var exception = Assert.Throws<InvalidConfigurationException>(Registry(folder).EnsureLoaded);
        Assert.Equal(
            [
                "colors/Upper.yaml config.unreadable",
                "colors/broken.yaml config.unreadable",
                "colors/inner config.unreadable",
                "colors/none.yaml config.unreadable",
                "colors/notes.txt config.unreadable",
                "colors/pink.yaml#/red colors.too-red",
                "colors/red.yaml#/dries api.invalid-value",
                "colors/red.yaml#/gren api.unknown-member",
                "colors/same.yaml config.unreadable",
                "colors/twice.json config.unreadable",
                "colors/two.yaml config.unreadable",
                "paint config.unknown-kind",
                "paints/a.yaml#/color api.unknown-reference",
                "paints/a.yaml#/mix api.unknown-reference",
                "top.yaml config.unreadable",
            ],
            exception.Problem.Faults.Select(fault => $"{fault.Path} {fault.Code}").Order(StringComparer.Ordinal));
        Assert.Contains(
            "colors/red.yaml#/gren: 'gren' is not known here. Did you mean 'green'?", exception.Message, StringComparison.Ordinal);
        Assert.Contains(
            "paint: 'paint' is no kind of documents; known: colors, paints. Did you mean 'paints'?",
            exception.Message,
            StringComparison.Ordinal);
        Assert.Equal(0, _colors.View.Epoch);
    }

    [Fact]
    public void Load_OfDocumentsInACircle_IsRefused()
    {
        using var folder = new ConfigFolder(("paints/a.yaml", "color: red\nmix: b"), ("paints/b.yaml", "color: red\nmix: a"));
        var problem = Assert.Throws<InvalidConfigurationException>(Registry(folder).EnsureLoaded).Problem;
        Assert.Equal("config.circular", Assert.Single(problem.Faults).Code);
    }

    [Fact]
    public void Load_OfAFolderThatIsNotThere_IsRefused()
    {
        var source = new DirectoryConfigSource(Path.Combine(Path.GetTempPath(), "foundation-no-such-folder"));
        var registry = new ConfigRegistry([_colors], [source], NullLogger<ConfigRegistry>.Instance);
        var problem = Assert.Throws<InvalidConfigurationException>(registry.EnsureLoaded).Problem;
        Assert.Equal("config.unreadable", Assert.Single(problem.Faults).Code);
    }

    [Fact]
    public void Reload_SwapsAllViewsOrNone()
    {
        using var folder = new ConfigFolder(("colors/blue.yaml", "red: 1"), ("paints/wall.yaml", "color: blue"));
        var registry = Registry(folder);
        registry.EnsureLoaded();
        var before = _colors.View.All;

        Assert.Equal(1, registry.Reload().Value);
        Assert.Same(before, _colors.View.All);

        folder.Write("colors/blue.yaml", "red: 2");
        folder.Delete("paints/wall.yaml");
        Assert.Equal(2, registry.Reload().Value);
        Assert.Equal((2, 2), (_colors.View.Epoch, _paints.View.Epoch));
        Assert.Equal(2, _colors.View.Get("blue").Red);
        Assert.Equal([("default", 2L)], Versions(registry, "blue"));
        Assert.Equal([("built-in", 1L)], Versions(registry, "red"));
        Assert.Equal(1, before["blue"].Red);
        Assert.Empty(_paints.View.Names);

        folder.Write("colors/blue.yaml", "red: 3");
        folder.Write("paints/wall.yaml", "color: bleu");
        Assert.Equal(ConfigErrors.Invalid, registry.Reload().Problem!.Error);
        Assert.Equal((2, 2), (_colors.View.Epoch, _colors.View.Get("blue").Red));
        Assert.Equal(2, registry.Epoch);
    }

    [Fact]
    public void Get_AllocatesNothing()
    {
        Registry(null).EnsureLoaded();
        var view = _colors.View;
        var sum = view.Get("red").Red;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) sum += view.Get("red").Red;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1001 * 255, sum);
    }

    [Fact]
    public void Find_OfWhatIsNotThere_Suggests()
    {
        var registry = Registry(null);
        Assert.Equal(ConfigErrors.UnknownKind, registry.Find("color", "red").Problem!.Error);
        Assert.Contains("Did you mean 'colors'?", registry.List("color").Problem!.Detail, StringComparison.Ordinal);
        Assert.Equal(ConfigErrors.NotFound, registry.Find("colors", "rod").Problem!.Error);
        Assert.Contains("Did you mean 'red'?", registry.Find("colors", "rod").Problem!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("default", true)]
    [InlineData("service:x", true)]
    [InlineData("a.b_c-1", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("A", false)]
    [InlineData("a/b", false)]
    [InlineData("..", false)]
    [InlineData("ä", false)]
    public void Names_OfDocuments(string name, bool valid)
    {
        Assert.Equal(valid, DocumentNames.IsValid(name));
        Assert.False(DocumentNames.IsValid(new string('a', 129)));
    }

    private static IEnumerable<(string Layer, long Version)> Versions(ConfigRegistry registry, string color) =>
        registry.FindEffective("colors", color).Value.Versions.Select(pair => (pair.Key, pair.Value));

    private ConfigRegistry Registry(ConfigFolder? folder) => new(
        [_colors, _paints], folder is null ? [] : [new DirectoryConfigSource(folder.Path)], NullLogger<ConfigRegistry>.Instance);
}
