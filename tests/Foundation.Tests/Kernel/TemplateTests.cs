using CsCheck;
using Foundation.Kernel;
using Xunit;

namespace Foundation.Tests.Kernel;

public sealed class TemplateTests
{
    private static readonly RawJson Context =
        RawJson.Parse("""{ "input": { "n": 1.10, "s": "a\"b", "o": {"x": 1}, "z": null, "list": [1,2] } }""");

    [Theory]
    [InlineData("""{ "a" : 1.0 }""", """{ "a" : 1.0 }""")]
    [InlineData("\"${input.n}\"", "1.10")]
    [InlineData("\"${ input.o }\"", """{"x": 1}""")]
    [InlineData("\"${input.missing}\"", "null")]
    [InlineData("""{"a":"${input.list}","b": [ 1.0 , "x"],"c":"n=${input.n}, s=${input.s}, o=${input.o}, z=${input.z}."}""",
        """{"a":[1,2],"b":[ 1.0 , "x"],"c":"n=1.10, s=a\"b, o={\"x\": 1}, z=."}""")]
    [InlineData("\"$${input.n}\"", "\"${input.n}\"")]
    [InlineData("\"$${a}${input.n}\"", "\"${a}1.10\"")]
    [InlineData("\"$5 and $ {x}\"", "\"$5 and $ {x}\"")]
    [InlineData("\"${ {a: length('}')} }\"", """{"a":1}""")]
    [InlineData("\"${`{\\\"a\\\": 1}`.a}\"", "1")]
    [InlineData("""{"${input.n}":"${input.n}","ü":"é${input.n}"}""", """{"${input.n}":1.10,"ü":"é1.10"}""")]
    public void Render_GivesTheValue(string template, string expected) =>
        Assert.Equal(expected, Template.Compile(RawJson.Parse(template)).Value.Render(Context).Value.ToString());

    [Fact]
    public void Compile_ListsEveryFaultWithItsPlace()
    {
        var template = RawJson.Parse("""{"a":"${input.}","b":{"c/d":["x","${inptu.a} ${stesp.b}"]},"e":"${input.a","f":"${ }"}""");
        var faults = Template.Compile(template, new HashSet<string> { "input", "steps" }, "/task").Problem!.Faults;
        Assert.Equal(["/task/a", "/task/b/c~1d/1", "/task/b/c~1d/1", "/task/e", "/task/f"], faults.Select(fault => fault.Path));
        Assert.Equal("Did you mean 'steps'?", faults[2].Hint);
    }

    [Fact]
    public void Render_ThatFails_IsTheProblem() => Assert.Equal(
        ApiErrors.ExpressionFailed,
        Template.Compile(RawJson.Parse("""{"a":"x ${length(input.n)}","b":"${input.n}"}""")).Value.Render(Context).Problem!.Error);

    [Fact]
    public void Render_OfATooLargeValue_IsAProblem()
    {
        var context = RawJson.Parse("{\"a\":\"" + new string('x', 300_000) + "\"}");
        var outcome = Template.Compile(RawJson.Parse("""["${a}","${a}","${a}","${a}","${a}","${a}"]""")).Value.Render(context);
        Assert.Equal(ApiErrors.ExpressionFailed, outcome.Problem!.Error);
    }

    [Fact]
    public void Render_WithoutExpressions_IsByteForByte() => JsonGen.Value.Sample(text =>
    {
        if (text.Contains("${", StringComparison.Ordinal)) return;
        var template = Template.Compile(RawJson.Parse(text)).Value;
        Assert.True(template.IsLiteral);
        Assert.Equal(text, template.Render(RawJson.Null).Value.ToString());
    });

    [Fact]
    public void Compile_OfAbsent_RendersNull() => Assert.True(Template.Compile(default).Value.Render(Context).Value.IsNull);
}
