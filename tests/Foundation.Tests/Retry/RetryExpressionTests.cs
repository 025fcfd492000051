using CsCheck;
using Foundation.Kernel;
using Foundation.Retry;
using Xunit;

namespace Foundation.Tests.Retry;

public sealed class RetryExpressionTests
{
    [Theory]
    [InlineData("exponential(1s,2)|cap(5m)|jitter(0.2)|take(10)", "exponential(1s, 2) | cap(5m) | jitter(0.2) | take(10)")]
    [InlineData("  exponential ( 1000ms ) | take( 3 ) ", "exponential(1s, 2) | take(3)")]
    [InlineData("linear(PT1S)", "linear(1s, 1s)")]
    [InlineData("fixed(60s) | full() | equal", "fixed(1m) | full | equal")]
    [InlineData("fixed(1s) | jitter(20%)", "fixed(1s) | jitter(0.2)")]
    [InlineData("fixed(1s) | jitter(0.000001)", "fixed(1s) | jitter(0.000001)")]
    [InlineData("decorrelated(1s, 30s)", "decorrelated(1s, 30s)")]
    [InlineData("randomWalk(1s, 200ms)", "randomWalk(1s, 200ms)")]
    public void Parse_GivesTheCanonicalText(string text, string canonical) =>
        Assert.Equal(canonical, RetryExpression.Parse(text).Value.ToString());

    [Theory]
    [InlineData("", "At character 1: a source is missing: fixed(1s), linear(1s, 1s)", null)]
    [InlineData("expnential(1s)", "At character 1: 'expnential' is no source:", "Did you mean 'exponential'?")]
    [InlineData("fixed(1s) | jiter(0.2)", "At character 13: 'jiter' is no operator:", "Did you mean 'jitter'?")]
    [InlineData("cap(5m)", "At character 1: 'cap' is an operator, and a source must come first:", null)]
    [InlineData("fixed(1s) | linear(1s)", "At character 13: 'linear' is a source, and only the first stage is one;", null)]
    [InlineData("fixed(1s) |", "At character 12: an operator is missing:", null)]
    [InlineData("fixed(1s) || take(1)", "At character 12: an operator is missing:", null)]
    [InlineData("fixed(1s", "At character 9: a ')' is missing.", null)]
    [InlineData("fixed 1s)", "At character 9: a ')' without its '('.", null)]
    [InlineData("fixed()", "At character 1: 'fixed' takes 1 argument, not 0.", "As in fixed(1s).")]
    [InlineData("fixed", "At character 1: 'fixed' takes 1 argument, not 0.", "As in fixed(1s).")]
    [InlineData("linear(1s, 2s, 3s)", "At character 1: 'linear' takes 1 or 2 arguments, not 3.", "As in linear(1s, 1s).")]
    [InlineData("fixed(1)", "At character 7: '1' is not a duration", null)]
    [InlineData("fixed(-1s)", "At character 7: '-1s' is not a duration", null)]
    [InlineData("exponential(1s, 0.5)", "At character 17: '0.5' is not a number from 1 to 100.", null)]
    [InlineData("exponential(1s, NaN)", "At character 17: 'NaN' is not a number from 1 to 100.", null)]
    [InlineData("exponential(1s, )", "At character 17: '' is not a number from 1 to 100.", null)]
    [InlineData("fixed(1s) | take(1.5)", "At character 18: '1.5' is not a whole number from 0 to 10000.", null)]
    [InlineData("fixed(1s) | take(-1)", "At character 18: '-1' is not a whole number from 0 to 10000.", null)]
    [InlineData("fixed(1s) | jitter(0)", "At character 20: '0' is not a share", null)]
    [InlineData("fixed(1s) | jitter(1.1)", "At character 20: '1.1' is not a share", null)]
    [InlineData("decorrelated(30s, 1s)", "At character 19: '1s' is less than 30s.", null)]
    [InlineData("fixed((1s))", "At character 7: '(1s)' is not a duration", null)]
    public void Parse_OfOneFault_SaysWhereAndWhat(string text, string message, string? hint)
    {
        var problem = RetryExpression.Parse(text, "/retry").Problem!;
        Assert.Equal(RetryErrors.InvalidDelays, problem.Error);
        var fault = Assert.Single(problem.Faults);
        Assert.Equal(("/retry", "retry-policies.invalid-delays", hint), (fault.Path, fault.Code, fault.Hint));
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OfManyFaults_ListsAll() => Assert.Equal(
        ["At character 7", "At character 12", "At character 34", "At character 44"],
        RetryExpression.Parse("fixed(x) | decorated(xs)   | cap(y) | take(z)").Problem!.Faults
            .Select(fault => fault.Message.Split(':')[0]));

    [Fact]
    public void Parse_OfTooMuch_IsRefused()
    {
        Assert.False(RetryExpression.Parse("fixed(1s)" + string.Concat(Enumerable.Repeat(" | full", 17))).Ok);
        Assert.True(RetryExpression.Parse("fixed(1s)" + string.Concat(Enumerable.Repeat(" | full", 16))).Ok);
        Assert.False(RetryExpression.Parse(new string(' ', 501)).Ok);
    }

    [Fact]
    public void Parse_OfAnyText_NeverThrows() =>
        Gen.String[Gen.Char["fixed(1s,2)|capjtertk .%-"], 0, 40].Sample(text => RetryExpression.Parse(text).Ok || true);

    [Theory]
    [InlineData("network timeout")]
    [InlineData("application tasks.* 503")]
    [InlineData("adapters.payments.declined")]
    public void RetryOn_ParsesAndPrints(string entries) =>
        Assert.Equal(entries.Split(' '), RetryOn.Parse(entries.Split(' ')).Value.Entries);

    [Fact]
    public void RetryOn_RefusesAnythingElse()
    {
        var faults = RetryOn.Parse(["netwrok", "network", "200", "tasks.*.x", "Client", "*"], "/retryOn").Problem!.Faults;
        Assert.Equal(["/retryOn/0", "/retryOn/2", "/retryOn/3", "/retryOn/4", "/retryOn/5"], faults.Select(fault => fault.Path));
        Assert.Equal("Did you mean 'network'?", faults[0].Hint);
    }
}
