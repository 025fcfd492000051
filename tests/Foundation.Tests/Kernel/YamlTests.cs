using System.Text;
using CsCheck;
using Foundation.Kernel;
using Xunit;

namespace Foundation.Tests.Kernel;

public sealed class YamlTests
{
    // YAML 1.2.2, section 10.3.2, and the traps of YAML 1.1.
    [Theory]
    [InlineData("~", "null")]
    [InlineData("null", "null")]
    [InlineData("''", "\"\"")]
    [InlineData("true", "true")]
    [InlineData("FALSE", "false")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("on", "\"on\"")]
    [InlineData("no", "\"no\"")]
    [InlineData("1:30", "\"1:30\"")]
    [InlineData("2026-01-31", "\"2026-01-31\"")]
    [InlineData("0", "0")]
    [InlineData("-19", "-19")]
    [InlineData("+12", "12")]
    [InlineData("007", "7")]
    [InlineData("0o14", "12")]
    [InlineData("0x1F", "31")]
    [InlineData("0b11", "\"0b11\"")]
    [InlineData("1.10", "1.10")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("1.", "1")]
    [InlineData(".5", "0.5")]
    [InlineData("12e03", "12e03")]
    [InlineData("1e", "\"1e\"")]
    [InlineData("1_000", "\"1_000\"")]
    [InlineData(".", "\".\"")]
    [InlineData("-", "[null]")]
    [InlineData("5m", "\"5m\"")]
    [InlineData("\"1\"", "\"1\"")]
    [InlineData("!!str 1", "\"1\"")]
    [InlineData("! 1", "\"1\"")]
    [InlineData("!!int 7", "7")]
    [InlineData("!!float 7", "7")]
    [InlineData("|\n  a\n  b\n", "\"a\\nb\\n\"")]
    [InlineData("<<: 1", "{\"<<\":1}")]
    [InlineData("a: 1\nb: [x, {c: d}]\n", "{\"a\":1,\"b\":[\"x\",{\"c\":\"d\"}]}")]
    [InlineData("1: one", "{\"1\":\"one\"}")]
    [InlineData("a: &x { n: 1 }\nb: *x\nc: [*x, *x]", "{\"a\":{\"n\":1},\"b\":{\"n\":1},\"c\":[{\"n\":1},{\"n\":1}]}")]
    [InlineData("&k a: 1\nb: { *k : 2 }", "{\"a\":1,\"b\":{\"a\":2}}")]
    [InlineData("{\"json\": [1, \"t\", null]}", "{\"json\":[1,\"t\",null]}")]
    [InlineData("\uFEFFa: ü", "{\"a\":\"ü\"}")]
    public void Read_OfOneDocument_GivesItsJson(string yaml, string json) =>
        Assert.Equal(json, Assert.Single(Read(yaml).Value).ToString());

    [Fact]
    public void Read_OfSeveralDocuments_GivesThemInOrder() =>
        Assert.Equal(["{\"a\":1}", "2", "null"], Read("a: 1\n---\n2\n---\n").Value.Select(document => document.ToString()));

    [Fact]
    public void Read_OfNothing_GivesNone() => Assert.Empty(Read("# only a comment\n").Value);

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3", "Line 3, column 1: the key 'a' stands twice.")]
    [InlineData("a: [1", "Line 2, column 1: While parsing a flow sequence")]
    [InlineData("a: 1\n\tb: 2", "Line 1, column 4: While scanning a plain scalar")]
    [InlineData("x: .inf", "Line 1, column 4: .inf has no JSON.")]
    [InlineData("? [a, b]\n: 1", "Line 1, column 3: a key must be a text.")]
    [InlineData("a: *nowhere", "Line 1, column 4: there is no anchor '&nowhere'.")]
    [InlineData("&a [*a]", "Line 1, column 5: '*a' stands inside of itself.")]
    [InlineData("a: !secret x", "Line 1, column 4: the tag !secret is not supported.")]
    [InlineData("- \n[\n@{", "Line 1, column 1: the document is malformed behind this place.")]
    [InlineData("a: !!int x", "Line 1, column 4: 'x' does not fit its tag tag:yaml.org,2002:int.")]
    [InlineData("a: !!set {x}", "Line 1, column 4: the tag tag:yaml.org,2002:set is not supported.")]
    public void Read_OfAFault_NamesTheLine(string yaml, string message)
    {
        var problem = Read(yaml).Problem!;
        Assert.Equal(ApiErrors.InvalidJson, problem.Error);
        Assert.StartsWith(message, Assert.Single(problem.Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfABillionLaughs_IsRefused()
    {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 10; i++)
        {
            var aliases = string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10));
            yaml.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{aliases}]\n");
        }

        Assert.Contains("more than 100000 nodes", Read(yaml.ToString()).Problem!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfADeepDocument_IsRefused()
    {
        var detail = Read(new string('[', 100) + new string(']', 100)).Problem!.Detail;
        Assert.EndsWith("more than 64 levels.", detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfJson_IsThatJson() => JsonGen.Value.Sample(text =>
    {
        if (text.Contains("\\/", StringComparison.Ordinal)) return;

        // JSON is YAML, but for tabs as indentation and the spelling of escapes.
        var plain = System.Text.Json.Nodes.JsonNode.Parse(text.Replace('\t', ' '));
        var read = System.Text.Json.Nodes.JsonNode.Parse(Assert.Single(Read(text.Replace('\t', ' ')).Value).ToString());
        Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(plain, read), $"{text} became {read?.ToJsonString()}");
    });

    [Fact]
    public void Read_OfAnyText_NeverThrows() => Gen.String[Gen.Char["ab:-[]{}&*!|>'\"#%@`,? \n\t0.~<"], 0, 40].Sample(text =>
    {
        var outcome = Read(text);
        if (outcome.Ok) Assert.All(outcome.Value, document => Assert.True(RawJson.TryParse(document.Memory, out _)));
    });

    private static Outcome<IReadOnlyList<RawJson>> Read(string yaml) => Yaml.Read(Encoding.UTF8.GetBytes(yaml));
}
