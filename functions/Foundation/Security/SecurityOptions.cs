using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Foundation.Security;

/// <summary>The door's knobs. Set by the host when it is composed.</summary>
public sealed class SecurityOptions
{
    /// <summary>Bounds of keys held in memory.</summary>
    public const int CacheMin = 16;

    /// <summary>
    /// Whether callers on the same machine are <c>admin</c> while no key exists. Trades safety on shared machines for a first minute
    /// without keys; only for hosts that are then bound to loopback. Default: false.
    /// </summary>
    public bool OpenOnLoopback { get; set; }

    /// <summary>A secret of at least 32 characters that is <c>admin</c> while no active admin key exists. Default: none.</summary>
    [MinLength(32, ErrorMessage = "BootstrapKey needs at least 32 characters")]
    public string? BootstrapKey { get; set; }

    /// <summary>
    /// Looks the bootstrap key up where it is kept elsewhere, a vault for example. Asked only for a token that is none of our keys, so
    /// that a host without such callers never needs the vault; caching is its own affair. Default: none.
    /// </summary>
    public Func<CancellationToken, ValueTask<string?>>? FindBootstrapKey { get; set; }

    /// <summary>Verified keys held in memory; more keys cost a read per request. 16–1,000,000. Default: 4096.</summary>
    [Range(CacheMin, 1_000_000)]
    public int CachedKeysMax { get; set; } = 4096;

    /// <summary>Keys that may exist, ended ones included until they are deleted. 1–100,000. Default: 10000.</summary>
    [Range(1, 100_000)]
    public int KeysMax { get; set; } = 10_000;

    /// <summary>
    /// With several processes: how long a key is believed before it is read again. Shorter ends revoked keys sooner and reads more.
    /// 0–5 s, Default: 4 s. A single process knows at once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:05")]
    public TimeSpan BelieveFor { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>The folder of <c>file:</c> secrets, or null: then no such reference resolves.</summary>
    public string? SecretsFolder { get; set; }
}

[OptionsValidator]
internal sealed partial class SecurityOptionsValidator : IValidateOptions<SecurityOptions>;
