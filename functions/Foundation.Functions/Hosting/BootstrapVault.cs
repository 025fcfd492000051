using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;

namespace Foundation.Functions.Hosting;

/// <summary>
/// The bootstrap key, which deploying wrote into Key Vault. Read when somebody shows a token that is no key of ours, and then remembered,
/// so that strangers with wrong tokens cost one read a minute.
/// </summary>
internal sealed class BootstrapVault : IDisposable
{
    public const string SecretName = "foundation-bootstrap-key";

    private const int CharsMin = 32;
    private static readonly TimeSpan Believed = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SecretClient? _client;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _one = new(1);
    private Answer? _last;

    public BootstrapVault(string? vault, TokenCredential credential, TimeProvider time)
        : this(string.IsNullOrEmpty(vault) ? null : new SecretClient(new Uri(vault), credential), time)
    {
    }

    internal BootstrapVault(SecretClient? client, TimeProvider time) => (_client, _time) = (client, time);

    /// <summary>The key; null where there is none. Throws <see cref="StoreUnavailableException"/> while the vault does not answer.</summary>
    public async ValueTask<string?> FindAsync(CancellationToken ct)
    {
        if (_client is null)
        {
            return null;
        }

        await _one.WaitAsync(ct);
        try
        {
            if (_last is null || _last.Until <= _time.GetUtcNow())
            {
                _last = await ReadAsync(_client) with { Until = _time.GetUtcNow() + Believed };
            }
        }
        finally
        {
            _one.Release();
        }

        return _last.Failure is { } failure ? throw new StoreUnavailableException("The key vault cannot be read.", failure) : _last.Key;
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async ValueTask<Answer> ReadAsync(SecretClient client)
    {
        // Without the caller's token: others wait for the same answer.
        using var patience = new CancellationTokenSource(Patience, _time);
        try
        {
            KeyVaultSecret secret = await client.GetSecretAsync(SecretName, cancellationToken: patience.Token);
            return new Answer(secret.Value is { Length: >= CharsMin } key ? key : null);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return new Answer(Key: null);
        }
        catch (Exception e) when (e is RequestFailedException or AuthenticationFailedException or OperationCanceledException)
        {
            return new Answer(Key: null, e);
        }
    }

    private sealed record Answer(string? Key, Exception? Failure = null)
    {
        public DateTimeOffset Until { get; init; }
    }
}
