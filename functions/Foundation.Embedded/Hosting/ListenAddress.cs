using System.Globalization;
using System.Net;

namespace Foundation.Embedded.Hosting;

/// <summary>An address to listen on.</summary>
/// <param name="Url">As Kestrel takes it.</param>
/// <param name="Port">Its port; 0 lets the system choose.</param>
/// <param name="IsLocal">Whether only this machine can reach it.</param>
internal sealed record ListenAddress(string Url, int Port, bool IsLocal)
{
    private const int AddressesMax = 16;

    /// <summary>Loopback at a port.</summary>
    public static ListenAddress Local(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"), port, IsLocal: true);

    /// <summary>Reads addresses joined by <c>;</c>.</summary>
    public static IReadOnlyList<ListenAddress> Parse(string urls)
    {
        var parts = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length is > 0 and <= AddressesMax
            ? [.. parts.Select(One)]
            : throw new StartException($"--urls takes 1 to {AddressesMax} addresses joined by ';', such as http://0.0.0.0:7070.");
    }

    private static ListenAddress One(string url)
    {
        // "*" and "+" mean every address to Kestrel and nothing to a URI.
        var readable = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(readable, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.PathAndQuery != "/")
        {
            throw new StartException($"'{url}' is not an address to listen on; write http://127.0.0.1:7070 or http://0.0.0.0:7070.");
        }

        // Kestrel binds "localhost" to two addresses and refuses port 0 for it.
        var host = uri.Host == "localhost" && uri.Port == 0 ? "127.0.0.1" : uri.Host;
        var local = host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
        return new ListenAddress(string.Create(CultureInfo.InvariantCulture, $"{uri.Scheme}://{host}:{uri.Port}"), uri.Port, local);
    }
}
