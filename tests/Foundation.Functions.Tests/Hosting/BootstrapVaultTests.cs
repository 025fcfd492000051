using Azure;
using Azure.Security.KeyVault.Secrets;
using Foundation.Functions.Hosting;
using Foundation.Protocols;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Foundation.Functions.Tests.Hosting;

public sealed class BootstrapVaultTests
{
    private const string Key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly FakeTimeProvider _time = new();
    private readonly FakeVault _secrets = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Key_IsReadOnceAMinute_HoweverManyAsk()
    {
        using var vault = new BootstrapVault(_secrets, _time);
        _secrets.Answer = () => Key;

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => vault.FindAsync(Ct).AsTask())), key => Assert.Equal(Key, key));
        Assert.Equal(["foundation-bootstrap-key"], _secrets.Asked);

        _time.Advance(TimeSpan.FromMinutes(1));
        await vault.FindAsync(Ct);
        Assert.Equal(2, _secrets.Asked.Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("too-short")]
    public async Task Key_ThatIsNoneOrTooShort_IsNone(string? secret)
    {
        using var vault = new BootstrapVault(_secrets, _time);
        _secrets.Answer = () => secret ?? throw new RequestFailedException(404, "SecretNotFound");

        Assert.Null(await vault.FindAsync(Ct));
    }

    [Fact]
    public async Task Vault_OutOfReach_IsUnavailable_AndAskedAgainLater()
    {
        using var vault = new BootstrapVault(_secrets, _time);
        _secrets.Answer = () => throw new RequestFailedException(403, "The role does not hold yet");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => vault.FindAsync(Ct).AsTask());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => vault.FindAsync(Ct).AsTask());
        Assert.Single(_secrets.Asked);

        _time.Advance(TimeSpan.FromMinutes(1));
        _secrets.Answer = () => Key;
        Assert.Equal(Key, await vault.FindAsync(Ct));
    }

    private sealed class FakeVault : SecretClient
    {
        public Func<string> Answer { get; set; } = () => Key;

        public List<string> Asked { get; } = [];

        public override Task<Response<KeyVaultSecret>> GetSecretAsync(
            string name, string? version = null, SecretContentType? outContentType = null, CancellationToken cancellationToken = default)
        {
            Asked.Add(name);
            return Task.FromResult(Response.FromValue(new KeyVaultSecret(name, Answer()), null!));
        }
    }
}
