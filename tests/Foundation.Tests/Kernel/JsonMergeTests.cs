using System.Text.Json.Nodes;
using CsCheck;
using Foundation.Kernel;
using Xunit;

namespace Foundation.Tests.Kernel;

public sealed class JsonMergeTests
{
    // The table of RFC 7396, appendix A.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"foo"}""", "null", "null")]
    [InlineData("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void Apply_OfTheStandardsTable(string target, string patch, string expected) =>
        Assert.Equal(expected, JsonMerge.Apply(RawJson.Parse(target), RawJson.Parse(patch)).ToString());

    [Fact]
    public void Apply_LeavesTheUntouchedByteForByte() => Assert.Equal(
        """{"keep":{ "n" : 1.10, "t":"\u00e4" },"b":2}""",
        JsonMerge.Apply(RawJson.Parse("""{"keep":{ "n" : 1.10, "t":"\u00e4" },"b":1}"""), RawJson.Parse("""{"b":2}""")).ToString());

    [Fact]
    public void Apply_OfAbsent()
    {
        Assert.Equal("""{"a":1}""", JsonMerge.Apply(default, RawJson.Parse("""{"a":1,"b":null}""")).ToString());
        Assert.Equal("""{"a":1}""", JsonMerge.Apply(RawJson.Parse("""{"a":1}"""), default).ToString());
    }

    [Fact]
    public void Apply_TwiceIsOnce() => Gen.Select(JsonGen.Value, JsonGen.Value).Sample((target, patch) =>
    {
        var once = JsonMerge.Apply(RawJson.Parse(target), RawJson.Parse(patch));
        Assert.True(Same(once, JsonMerge.Apply(once, RawJson.Parse(patch))));
    });

    [Fact]
    public void Apply_OfAnEmptyObject_ChangesNothing() => JsonGen.Object(JsonGen.Value).Sample(text =>
        Assert.True(Same(RawJson.Parse(text), JsonMerge.Apply(RawJson.Parse(text), RawJson.EmptyObject))));

    [Fact]
    public void Apply_AgreesWithTheStandardsPseudoCode() => Gen.Select(JsonGen.Value, JsonGen.Value).Sample((target, patch) =>
    {
        var expected = Model(JsonNode.Parse(target), JsonNode.Parse(patch));
        var actual = JsonNode.Parse(JsonMerge.Apply(RawJson.Parse(target), RawJson.Parse(patch)).ToString());
        Assert.True(JsonNode.DeepEquals(expected, actual), $"{target} + {patch} = {actual?.ToJsonString()}");
    });

    private static bool Same(RawJson left, RawJson right) =>
        JsonNode.DeepEquals(JsonNode.Parse(left.ToString()), JsonNode.Parse(right.ToString()));

    private static JsonNode? Model(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        var result = target is JsonObject before ? (JsonObject)before.DeepClone() : [];
        foreach (var (name, value) in changes)
        {
            if (value is null) result.Remove(name);
            else result[name] = Model(result[name], value);
        }

        return result;
    }
}
