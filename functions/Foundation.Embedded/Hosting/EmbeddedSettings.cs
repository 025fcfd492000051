using System.Globalization;

namespace Foundation.Embedded.Hosting;

/// <summary>How logs are written.</summary>
internal enum LogForm
{
    /// <summary>One line per fact, for people.</summary>
    Text,

    /// <summary>One JSON object per line, for machines.</summary>
    Json,
}

/// <summary>What was given on the command line; null where nothing was.</summary>
internal sealed record GivenSettings
{
    public int? Port { get; init; }

    public string? Urls { get; init; }

    public string? Data { get; init; }

    public string? Config { get; init; }

    public string? Secrets { get; init; }

    public string? PublicUrl { get; init; }

    public bool NoSamples { get; init; }

    public LogForm? Log { get; init; }
}

/// <summary>What the host runs with: the command line, then <c>FOUNDATION_*</c> variables, then defaults.</summary>
internal sealed record EmbeddedSettings
{
    public const int DefaultPort = 7070;
    public const string DefaultData = ".foundation";
    public const string InMemory = ":memory:";

    public required IReadOnlyList<ListenAddress> Addresses { get; init; }

    /// <summary>The full path of the data folder, or <see cref="InMemory"/>.</summary>
    public required string Data { get; init; }

    /// <summary>Where agents elsewhere reach this host; null: the first address it listens on.</summary>
    public Uri? PublicUrl { get; init; }

    public string? ConfigFolder { get; init; }

    public string? SecretsFolder { get; init; }

    public bool Samples { get; init; } = true;

    public LogForm Log { get; init; }

    public string? BootstrapKey { get; init; }

    public bool KeepsData => Data != InMemory;

    /// <summary>Merges; throws <see cref="StartException"/> with the name of what is wrong.</summary>
    public static EmbeddedSettings Merge(GivenSettings given, Func<string, string?> variable)
    {
        string? Read(string name) => variable(name) is { Length: > 0 } value ? value : null;
        if (given is { Port: not null, Urls: not null })
        {
            throw new StartException("Give either --port or --urls, not both.");
        }

        // A port on the command line is nearer than addresses in the environment.
        var urls = given.Urls ?? (given.Port is null ? Read("FOUNDATION_URLS") : null);
        var port = given.Port ?? ReadPort(Read("FOUNDATION_PORT"));
        return new EmbeddedSettings
        {
            Addresses = urls is null ? [ListenAddress.Local(port)] : ListenAddress.Parse(urls),
            Data = DataFolder(given.Data ?? Read("FOUNDATION_DATA")),
            PublicUrl = ReadUrl(given.PublicUrl ?? Read("FOUNDATION_PUBLIC_URL")),
            ConfigFolder = Folder("--config", given.Config ?? Read("FOUNDATION_CONFIG")),
            SecretsFolder = Folder("--secrets", given.Secrets ?? Read("FOUNDATION_SECRETS")),
            Samples = !given.NoSamples && !IsTrue("FOUNDATION_NO_SAMPLES", Read("FOUNDATION_NO_SAMPLES")),
            Log = given.Log ?? ReadLog(Read("FOUNDATION_LOG")),
            BootstrapKey = Read("FOUNDATION_BOOTSTRAP_KEY"),
        };
    }

    /// <summary>Where data is kept when this was given.</summary>
    public static string DataFolder(string? given) => given == InMemory ? InMemory : Path.GetFullPath(given ?? DefaultData);

    private static int ReadPort(string? text) =>
        text is null ? DefaultPort
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 0 and <= 65535 ? port
        : throw new StartException($"FOUNDATION_PORT is '{text}'; a port is a number from 0 to 65535.");

    private static Uri? ReadUrl(string? text) =>
        text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.PathAndQuery == "/" ? url
        : throw new StartException($"--public-url is '{text}'; it is an address such as https://foundation.example.");

    private static LogForm ReadLog(string? text) => text switch
    {
        null or "text" => LogForm.Text,
        "json" => LogForm.Json,
        _ => throw new StartException($"FOUNDATION_LOG is '{text}'; it is text or json."),
    };

    private static bool IsTrue(string name, string? text) => text switch
    {
        null or "0" or "false" => false,
        "1" or "true" => true,
        _ => throw new StartException($"{name} is '{text}'; it is true or false."),
    };

    private static string? Folder(string option, string? given) =>
        given is null ? null
        : Directory.Exists(given) ? Path.GetFullPath(given)
        : throw new StartException($"{option} names '{given}', and there is no such folder.");
}
