using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsCheck;
using Foundation.Kernel;
using Xunit;

namespace Foundation.Tests.Kernel;

public sealed class RawJsonTests
{
    [Theory]
    [InlineData("""{ "a" : 1.10, "b":[ 1e5 ,true,null ], "ü":"\u00e4 \/" }""")]
    [InlineData("1.10")]
    [InlineData("\"x\"")]
    [InlineData("null")]
    [InlineData("12345678901234567890123456789.000")]
    public void Payload_ThroughAContract_StaysByteForByte(string text)
    {
        var body = $$"""{"data":{{text}},"name":"n"}""";
        var parsed = JsonSerializer.Deserialize(body, KernelTestJson.Default.Envelope)!;
        Assert.Equal(text, parsed.Data.ToString());
        Assert.Equal(body, JsonSerializer.Serialize(parsed, KernelTestJson.Default.Envelope));
    }

    [Fact]
    public void Payload_Any_StaysByteForByte() => JsonGen.Value.Sample(text =>
    {
        var raw = RawJson.Parse(text);
        Assert.Equal(text, raw.ToString());
        var written = JsonSerializer.Serialize(new Envelope("n", raw), KernelTestJson.Default.Envelope);
        var again = JsonSerializer.Deserialize(written, KernelTestJson.Default.Envelope)!;
        Assert.Equal(raw, again.Data);
        Assert.Equal(raw.GetHashCode(), again.Data.GetHashCode());
    });

    [Fact]
    public void Absent_IsNotNull()
    {
        Assert.True(JsonSerializer.Deserialize("""{"name":"n"}""", KernelTestJson.Default.Envelope)!.Data.IsEmpty);
        Assert.True(JsonSerializer.Deserialize("""{"name":"n","data":null}""", KernelTestJson.Default.Envelope)!.Data.IsNull);
        Assert.Equal("""{"name":"n"}""", JsonSerializer.Serialize(new Envelope("n", default), KernelTestJson.Default.Envelope));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{'a':1}")]
    [InlineData("[1,]")]
    [InlineData("// c\n1")]
    [InlineData("01")]
    [InlineData("NaN")]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\udc00\":1}")]
    public void TryParse_OfNoJson_SaysWhy(string text)
    {
        Assert.False(RawJson.TryParse(Encoding.UTF8.GetBytes(text), out var json, out var reason));
        Assert.True(json.IsEmpty);
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void TryParse_OfBadUtf8OrTooDeep_IsRefused()
    {
        Assert.False(RawJson.TryParse(new byte[] { (byte)'"', 0xff, (byte)'"' }, out _));
        Assert.True(RawJson.TryParse(Encoding.UTF8.GetBytes(new string('[', 64) + new string(']', 64)), out _));
        Assert.False(RawJson.TryParse(Encoding.UTF8.GetBytes(new string('[', 65) + new string(']', 65)), out _));
    }

    [Fact]
    public void TryParse_TrimsAround_NotInside() => Assert.Equal("{ }", RawJson.Parse(" \r\n{ }\t").ToString());

    [Theory]
    [InlineData("{}", JsonValueKind.Object)]
    [InlineData("[]", JsonValueKind.Array)]
    [InlineData("-1", JsonValueKind.Number)]
    [InlineData("\"\"", JsonValueKind.String)]
    [InlineData("true", JsonValueKind.True)]
    [InlineData("false", JsonValueKind.False)]
    [InlineData("null", JsonValueKind.Null)]
    public void Kind_IsThatOfTheValue(string text, JsonValueKind kind) => Assert.Equal(kind, RawJson.Parse(text).Kind);

    [Fact]
    public void Equality_IsByBytes()
    {
        Assert.NotEqual(RawJson.Parse("1.0"), RawJson.Parse("1.00"));
        Assert.True(RawJson.Parse("null") == RawJson.Null);
        Assert.True(default(RawJson) != RawJson.Null);
    }
}

internal sealed record Envelope(
    string Name, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), JsonPropertyOrder(-1)] RawJson Data = default);
