using System.CommandLine;
using Foundation.Embedded.Hosting;

namespace Foundation.Embedded.Cli;

/// <summary>The options of the host. Each can also be given as a <c>FOUNDATION_*</c> variable.</summary>
internal sealed class HostOptionSet
{
    private readonly Option<int?> _port = new("--port")
    {
        Description = "The port on 127.0.0.1; 0 lets the system choose. [FOUNDATION_PORT; default: 7070]", HelpName = "PORT",
    };

    private readonly Option<string?> _urls = new("--urls")
    {
        Description = "Addresses to listen on, joined by ';'. Other machines are let in only when a key exists. [FOUNDATION_URLS]", HelpName = "URLS",
    };

    private readonly Option<string?> _publicUrl = new("--public-url")
    {
        Description = "Where agents on other machines reach this host. [FOUNDATION_PUBLIC_URL; default: where it listens]", HelpName = "URL",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "The folder of the data; ':memory:' keeps nothing. [FOUNDATION_DATA; default: ./.foundation]", HelpName = "DIR",
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "A folder with documents: queues/, retry-policies/, workflows/. [FOUNDATION_CONFIG]", HelpName = "DIR",
    };

    private readonly Option<string?> _secrets = new("--secrets")
    {
        Description = "The folder that 'file:' secrets may come from. [FOUNDATION_SECRETS]", HelpName = "DIR",
    };

    private readonly Option<bool> _noSamples = new("--no-samples")
    {
        Description = "Runs without the built-in agent 'hello'. [FOUNDATION_NO_SAMPLES]",
    };

    private readonly Option<LogForm?> _log = new("--log")
    {
        Description = "How logs are written: text or json. [FOUNDATION_LOG; default: text]", HelpName = "text|json",
    };

    public HostOptionSet() => _port.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int?>() is < 0 or > 65535)
        {
            result.AddError("--port takes a number from 0 to 65535.");
        }
    });

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _port, _urls, _publicUrl, _data, _config, _secrets, _noSamples, _log })
        {
            command.Options.Add(option);
        }
    }

    public GivenSettings Read(ParseResult parsed) => new()
    {
        Port = parsed.GetValue(_port),
        Urls = parsed.GetValue(_urls),
        PublicUrl = parsed.GetValue(_publicUrl),
        Data = parsed.GetValue(_data),
        Config = parsed.GetValue(_config),
        Secrets = parsed.GetValue(_secrets),
        NoSamples = parsed.GetValue(_noSamples),
        Log = parsed.GetValue(_log),
    };
}
