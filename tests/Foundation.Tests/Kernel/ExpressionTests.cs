using CsCheck;
using Foundation.Kernel;
using Xunit;

namespace Foundation.Tests.Kernel;

public sealed class ExpressionTests
{
    private static readonly RawJson Context = RawJson.Parse("""
        { "input": { "price": 1.10, "big": 12345678901234567890.50, "name": "a\u00e4", "null": null,
                     "items": [ { "n": 1 }, { "n": 2 }, {"n":3} ] },
          "steps": { "plan": { "result": { "items": [ 1, 2.0 ] } } }, "status": 402, "empty": {}, "x": 1, "x": 2 }
        """);

    [Theory]
    [InlineData("input.price", "1.10")]
    [InlineData("input.big", "12345678901234567890.50")]
    [InlineData("input.name", "\"a\\u00e4\"")]
    [InlineData("input.items[1]", "{ \"n\": 2 }")]
    [InlineData("input.items[-1].n", "3")]
    [InlineData("input.items[3]", "null")]
    [InlineData("input.items[-4]", "null")]
    [InlineData("input.items.n", "null")]
    [InlineData("input.missing.more", "null")]
    [InlineData("input.price[0]", "null")]
    [InlineData("(steps).plan.result.items", "[ 1, 2.0 ]")]
    [InlineData("x", "2")]
    [InlineData("@.status", "402")]
    [InlineData("length(input.items)", "3")]
    [InlineData("input.items[?n > `1`].n", "[2,3]")]
    [InlineData("{ total: length(steps.plan.result.items) }", "{\"total\":2}")]
    [InlineData("status==`402`", "true")]
    [InlineData("input.items[*].n | [0]", "1")]
    [InlineData("max_by(input.items, &n).n", "3")]
    public void Evaluate_GivesTheValue(string text, string expected) =>
        Assert.Equal(expected, Expression.Compile(text).Value.Evaluate(Context).Value.ToString());

    [Theory]
    [InlineData("input.")]
    [InlineData("a b")]
    [InlineData("a ||")]
    [InlineData("foo(")]
    [InlineData("nosuchfunction(a)")]
    [InlineData("length()")]
    [InlineData("a[::0]")]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("#")]
    public void Compile_OfNoExpression_IsOneFault(string text)
    {
        var fault = Assert.Single(Expression.Compile(text, null, "/when").Problem!.Faults);
        Assert.Equal(("/when", "api.invalid-expression"), (fault.Path, fault.Code));
    }

    [Theory]
    [InlineData("length(status)")]
    [InlineData("abs(input.name)")]
    [InlineData("$nosuch")]
    public void Evaluate_ThatFails_IsAProblem(string text) =>
        Assert.Equal(ApiErrors.ExpressionFailed, Expression.Compile(text).Value.Evaluate(Context).Problem!.Error);

    [Theory]
    [InlineData("input.a && steps.b", "input steps")]
    [InlineData("inptu.a", "inptu")]
    [InlineData("steps.plan.result[?score > min].name", "steps")]
    [InlineData("map(&name, input.list)", "input")]
    [InlineData("{ total: input.a, steps: steps.b }", "input steps")]
    [InlineData("[input.a, item]", "input item")]
    [InlineData("input | foo.bar", "input")]
    [InlineData("@ | foo.bar", "foo")]
    [InlineData("$.foo.bar", "foo")]
    [InlineData("input[*].foo[]", "input")]
    [InlineData("!missing", "missing")]
    [InlineData("let $a = input.x in $a.y", "input")]
    [InlineData("`{\"a\": 1}`.a", "")]
    [InlineData("input.*.a", "input")]
    [InlineData("a == b || c < `1`", "a b c")]
    public void Paths_NameTheRoots(string text, string roots) =>
        Assert.Equal(roots, string.Join(" ", Expression.Compile(text).Value.Paths.Select(path => path[0]).Distinct()));

    [Fact]
    public void Paths_GoAsFarAsTheyArePlain() => Assert.Equal(
        ["steps.plan.result", "input.a"],
        Expression.Compile("steps.plan.result[0].x == input.a").Value.Paths.Select(path => string.Join('.', path)));

    [Fact]
    public void Compile_OfAnUnknownRoot_Suggests()
    {
        var fault = Assert.Single(Expression.Compile("inptu.a", new HashSet<string> { "input", "steps" }).Problem!.Faults);
        Assert.Equal("Did you mean 'input'?", fault.Hint);
        Assert.Equal("'inptu' is not known in this expression; known: input, steps.", fault.Message);
    }

    [Fact]
    public void Compile_OfWhatIsTooMuch_IsRefused()
    {
        Assert.False(Expression.Compile(new string('a', Expression.TextLengthMax + 1)).Ok);
        Assert.False(Expression.Compile(new string('!', 1000) + "a").Ok);
        Assert.False(Expression.Compile(string.Join('.', Enumerable.Repeat("a", 1000))).Ok);

        // The parser drops brackets, so they cost no depth.
        var bracketed = new string('(', 900) + "status" + new string(')', 900);
        Assert.Equal("402", Expression.Compile(bracketed).Value.Evaluate(Context).Value.ToString());
    }

    [Fact]
    public void Evaluate_OfALargeResult_IsAProblem()
    {
        var context = RawJson.Parse("{\"a\":[" + string.Join(",", Enumerable.Repeat("\"" + new string('x', 1000) + "\"", 200)) + "]}");
        var expression = Expression.Compile("[a[], a[], a[], a[], a[], a[]]").Value;
        Assert.Equal(ApiErrors.ExpressionFailed, expression.Evaluate(context).Problem!.Error);
    }

    [Theory]
    [InlineData("input.price", true)]
    [InlineData("empty", false)]
    [InlineData("missing", false)]
    [InlineData("status == `402`", true)]
    [InlineData("status == `403`", false)]
    [InlineData("length(status)", false)]
    public void IsTrue_FollowsJmesPath(string text, bool expected) =>
        Assert.Equal(expected, Expression.Compile(text).Value.IsTrue(Context));

    [Fact]
    public void Compile_OfAnyText_NeverThrows() => Gen.String[Gen.Char[" .[]{}()*?&|!=<>'\"`@$,:0123ab\\-+/"], 0, 30].Sample(text =>
    {
        var compiled = Expression.Compile(text);
        if (compiled.Ok) Assert.True(compiled.Value.Evaluate(Context) is { Ok: false } or { Value.IsEmpty: false });
    });

    [Fact]
    public void PlainPaths_AgreeWithTheLibrary()
    {
        var name = JsonGen.Name.Select(name => "." + System.Text.Json.JsonSerializer.Serialize(name));
        var step = Gen.OneOf(name, Gen.Int[-3, 3].Select(i => $"[{i}]"));
        Gen.Select(JsonGen.Value, step.Array[1, 4]).Sample((text, steps) =>
        {
            var path = string.Concat(steps).TrimStart('.');
            var context = RawJson.Parse(text);
            var bare = Expression.Compile(path).Value.Evaluate(context).Value;
            var library = Expression.Compile($"not_null({path})").Value.Evaluate(context).Value;
            var expected = Newtonsoft.Json.Linq.JToken.Parse(library.ToString());
            var actual = Newtonsoft.Json.Linq.JToken.Parse(bare.ToString());
            Assert.True(Newtonsoft.Json.Linq.JToken.DeepEquals(expected, actual), $"{path} of {text}");
        });
    }
}
