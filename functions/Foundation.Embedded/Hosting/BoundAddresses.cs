using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Foundation.Embedded.Hosting;

/// <summary>Where the host listens, once it does.</summary>
internal sealed class BoundAddresses(IServer server)
{
    /// <summary>As a person or program on this machine writes them.</summary>
    public IReadOnlyList<string> All => [.. (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(Reachable)];

    /// <summary>One that this machine reaches over plain HTTP on loopback, or null.</summary>
    public Uri? Loopback => All.Select(a => new Uri(a)).FirstOrDefault(
        u => u.Scheme == "http" && (u.Host == "localhost" || (IPAddress.TryParse(u.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip))));

    /// <summary>"Every address" is no address to call.</summary>
    public static string Reachable(string address) => address
        .Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal).Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal).TrimEnd('/');
}
