using System.CommandLine;
using System.CommandLine.Invocation;
using Foundation.Embedded.Hosting;
using Foundation.LocalAzure.Azurite;

namespace Foundation.LocalAzure;

/// <summary>The command line of the local host.</summary>
internal static class LocalAzureCommand
{
    private static readonly Option<int> Port = new("--port")
    {
        Description = "The port on 127.0.0.1; 0 lets the system choose.", HelpName = "PORT",
        DefaultValueFactory = _ => LocalAzureSettings.DefaultPort,
    };

    private static readonly Option<string> Data = new("--data")
    {
        Description = "The folder of Azurite's data; ':memory:' keeps nothing.", HelpName = "DIR", DefaultValueFactory = _ => ".azurite",
    };

    private static readonly Option<string?> Storage = new("--storage")
    {
        Description = "The connection string of a storage emulator that runs already, instead of an Azurite of its own.",
        HelpName = "CONNECTION",
    };

    private static readonly Option<string> Prefix = new("--prefix")
    {
        Description = "Starts the names of tables, containers and queues.", HelpName = "NAME", DefaultValueFactory = _ => "foundation",
    };

    private static readonly Option<double?> JobsEvery = new("--jobs-every")
    {
        Description = "Runs all jobs, the sweeper too, every so many seconds instead of every 10 and 60.", HelpName = "SECONDS",
    };

    private static readonly Option<bool> NoSamples = new("--no-samples") { Description = "Runs without the built-in agent 'hello'." };

    private static readonly Option<LogForm> Log = new("--log")
    {
        Description = "How logs are written: text or json.", HelpName = "text|json",
    };

    public static Task<int> InvokeAsync(string[] args)
    {
        var root = new RootCommand("Foundation on the Azure adapters, in Kestrel, over a local Azurite: for development and tests.");
        foreach (var option in new Option[] { Port, Data, Storage, Prefix, JobsEvery, NoSamples, Log })
        {
            root.Options.Add(option);
        }

        root.SetAction((parsed, _) => RunAsync(Read(parsed)));
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction wrong)
        {
            wrong.ShowHelp = false;
        }

        return parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }

    /// <summary>One sentence for whatever kept the host from starting.</summary>
    public static string Explain(Exception error) => error switch
    {
        AzuriteMissingException or StoreUnavailableException => error.Message,
        _ => StartFailures.Explain(error),
    };

    private static LocalAzureSettings Read(ParseResult parsed) => new()
    {
        Port = parsed.GetValue(Port),
        Data = parsed.GetValue(Data) is { } data && data != LocalAzureSettings.InMemory
            ? Path.GetFullPath(data)
            : LocalAzureSettings.InMemory,
        Storage = parsed.GetValue(Storage),
        Prefix = parsed.GetValue(Prefix)!,
        JobsEvery = parsed.GetValue(JobsEvery) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Samples = !parsed.GetValue(NoSamples),
        JsonLogs = parsed.GetValue(Log) == LogForm.Json,
        BootstrapKey = Environment.GetEnvironmentVariable("FOUNDATION_BOOTSTRAP_KEY") is { Length: > 0 } key ? key : null,
    };

    private static async Task<int> RunAsync(LocalAzureSettings settings)
    {
        // Azurite outlives the host: what a stop still writes must find it.
        await using var azurite = settings.Storage is null ? await AzuriteProcess.StartAsync(settings.Data) : null;
        await using var app = LocalAzureHost.Build(settings, settings.Storage ?? azurite!.Connection);
        await app.StartAsync();
        var addresses = LocalAzureHost.Announce(app);
        Console.WriteLine(
            "Foundation on the Azure adapters: core and HTTP pipeline of the Functions app, in Kestrel instead of the Functions host");
        Console.WriteLine($"  API    {addresses[0]}");
        Console.WriteLine($"  Docs   {addresses[0]}/docs");
        Console.WriteLine(azurite is null ? "  Data   in the storage account given" : $"  Data   Azurite, {settings.Data}");
        Console.WriteLine("Ctrl-C stops.");
        await app.WaitForShutdownAsync();
        return 0;
    }
}
