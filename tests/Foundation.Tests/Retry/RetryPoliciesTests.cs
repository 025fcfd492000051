using Foundation.Configuration;
using Foundation.Kernel;
using Foundation.Retry;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Foundation.Tests.Retry;

public sealed class RetryPoliciesTests
{
    private readonly RetryPolicies _policies;

    public RetryPoliciesTests()
    {
        var kind = RetryKind.Create();
        new ConfigRegistry([kind], [], NullLogger<ConfigRegistry>.Instance).EnsureLoaded();
        _policies = new RetryPolicies(kind.View);
    }

    [Fact]
    public void Resolve_OfNothing_IsTheDefaultDocument()
    {
        var policy = _policies.Resolve(null, null).Value;
        Assert.Equal(DelayStream.Default, policy.Delays);
        Assert.Equal(RetryOn.Default.Entries, policy.RetryOn.Entries);
        Assert.Same(policy, _policies.Find(null, "default"));
    }

    [Fact]
    public void Resolve_OfAString_IsCompiledOnce()
    {
        var policy = _policies.Resolve("fixed(1s) | take(2)", null).Value;
        Assert.Equal("fixed(1s) | take(2)", policy.Delays.ToString());
        Assert.Equal(RetryOn.Default.Entries, policy.RetryOn.Entries);
        Assert.Same(policy, _policies.Find("fixed(1s) | take(2)", null));
    }

    [Fact]
    public void Resolve_OfManyStrings_StaysBounded()
    {
        for (var i = 0; i < 3000; i++) Assert.True(_policies.Resolve($"fixed({i}ms)", null).Ok);
    }

    [Fact]
    public void Resolve_OfAFault_NamesThePlace()
    {
        var delays = _policies.Resolve("fixed(x)", null, "/retry").Problem!;
        Assert.Equal(("/retry", "retry-policies.invalid-delays"), (delays.Faults[0].Path, delays.Faults[0].Code));
        var name = _policies.Resolve(null, "defualt", "/retry/policy").Problem!;
        Assert.Equal(RetryErrors.NotFound, name.Error);
        Assert.Equal(("/retry/policy", "Did you mean 'default'?"), (name.Faults[0].Path, name.Faults[0].Hint));
        Assert.Null(_policies.Find(null, "gone"));
    }
}
