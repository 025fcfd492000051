using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

[assembly: AssemblyFixture(typeof(Foundation.Conformance.Azure.AzuriteServer))]

namespace Foundation.Conformance.Azure;

/// <summary>
/// One Azurite per test assembly: started by the first test that asks, in memory, on free ports, ended with the assembly. Without Node,
/// or where its packages cannot be installed, the tests that ask are skipped and say so.
/// </summary>
public sealed partial class AzuriteServer : IAsyncDisposable
{
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan InstallPatience = TimeSpan.FromMinutes(8);
    private static readonly Lazy<Task<Started>> Server = new(StartAsync);
    private static int _prefixes;

    /// <summary>The connection string of the running Azurite; skips the test where there is none.</summary>
    public static async Task<string> ConnectionAsync()
    {
        var started = await Server.Value;
        Assert.SkipWhen(started.Connection is null, started.Missing ?? "");
        return started.Connection!;
    }

    /// <summary>A prefix for tables, containers and queues that no other test of this run has.</summary>
    public static string NewPrefix() => $"t{Interlocked.Increment(ref _prefixes)}x";

    public async ValueTask DisposeAsync()
    {
        if (Server.IsValueCreated && (await Server.Value).Process is { } process)
        {
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }

            process.Dispose();
        }
    }

    private static async Task<Started> StartAsync()
    {
        var folder = Folder();
        if (!File.Exists(Path.Combine(folder, "node_modules", "azurite", "package.json")) && await InstallAsync(folder) is { } reason)
        {
            return new Started(null, null, reason);
        }

        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "start.mjs", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent",
            "--blobPort", "0", "--queuePort", "0", "--tablePort", "0",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            var process = Process.Start(start)!;
            return new Started(process, await AddressesAsync(process), null);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return new Started(null, null, "Node is not installed: the tests on Azurite are skipped");
        }
    }

    private static async Task<string> AddressesAsync(Process process)
    {
        var output = new StringBuilder();
        var ports = new Dictionary<string, string>();
        var all = new TaskCompletionSource();
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(StartPatience, TimeProvider.System);
        var ended = process.WaitForExitAsync(patience.Token);
        if (await Task.WhenAny(all.Task, ended) == ended)
        {
            throw new InvalidOperationException($"Azurite did not start: {output}");
        }

        return $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={Key};"
            + string.Concat(ports.Select(p => $"{p.Key}Endpoint=http://127.0.0.1:{p.Value}/devstoreaccount1;"));

        void Read(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
                if (line is not null && Listening().Match(line) is { Success: true } match)
                {
                    ports[match.Groups["service"].Value] = match.Groups["port"].Value;
                    if (ports.Count == 3)
                    {
                        all.TrySetResult();
                    }
                }
            }
        }
    }

    /// <summary>Null when it worked, else why not.</summary>
    private static async Task<string?> InstallAsync(string folder)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in new[] { "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error" })
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start)!;
            using var patience = new CancellationTokenSource(InstallPatience, TimeProvider.System);
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = await process.StandardError.ReadToEndAsync(patience.Token);
            await output;
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0 ? null : $"npm could not install Azurite: {errors.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "npm is not installed: the tests on Azurite are skipped";
        }
        catch (OperationCanceledException)
        {
            return $"npm did not install Azurite within {InstallPatience.TotalMinutes} minutes";
        }
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "azurite");
            if (File.Exists(Path.Combine(candidate, "package-lock.json")))
            {
                return candidate;
            }
        }

        throw new InvalidOperationException("The folder tests/azurite was not found above the tests");
    }

    [GeneratedRegex(@"Azurite (?<service>Blob|Queue|Table) service is successfully listening at http://127\.0\.0\.1:(?<port>\d+)")]
    private static partial Regex Listening();

    private sealed record Started(Process? Process, string? Connection, string? Missing);
}
