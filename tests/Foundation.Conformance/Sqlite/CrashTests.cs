using System.Diagnostics;
using System.Globalization;
using Foundation.Embedded.Sqlite;
using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Sqlite;

/// <summary>A process is killed right after it acknowledged; the ledger of what it acknowledged is kept here, outside of it.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Kills = 10;
    private const int AcknowledgedPerLife = 150;
    private readonly SqliteFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_AfterAcknowledgements_HasThemAll()
    {
        var ledger = new int[CrashWriter.Writers];
        var greatestVersion = 0L;
        for (var kill = 1; kill <= Kills; kill++)
        {
            var (numbers, versions) = await KilledLifeAsync();
            foreach (var (writer, number) in numbers)
            {
                ledger[writer] = Math.Max(ledger[writer], number);
            }

            Assert.True(versions.Min() > greatestVersion, $"Kill {kill}: version {versions.Min()} after {greatestVersion}");
            greatestVersion = versions.Max();
            await VerifyAsync(ledger, kill);
        }
    }

    [Fact]
    public async Task SecondProcess_OnTheFolder_IsToldWhoHoldsIt()
    {
        using var store = _folder.Open();
        using var second = Start(_folder.Path);
        var output = await second.StandardOutput.ReadToEndAsync(Ct);
        await second.WaitForExitAsync(Ct);

        Assert.Equal(3, second.ExitCode);
        Assert.Contains($"{_folder.Path} is in use by process {Environment.ProcessId}", output, StringComparison.Ordinal);
        Assert.Contains("--data", output, StringComparison.Ordinal);
    }

    private static Process Start(string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(CrashTests).Assembly.Location);
        }

        start.Environment[CrashWriter.Variable] = folder;
        return Process.Start(start)!;
    }

    private async Task<(List<(int Writer, int Number)> Acknowledged, List<long> Versions)> KilledLifeAsync()
    {
        using var process = Start(_folder.Path);
        var acknowledged = new List<(int, int)>();
        var versions = new List<long>();
        // After the kill the pipe still holds what was told before it: all of that counts.
        while (await process.StandardOutput.ReadLineAsync(Ct) is { } line)
        {
            // The last line may be cut.
            if (line.Split(' ') is ["ack", var writer, var number, var version, "."])
            {
                acknowledged.Add((int.Parse(writer, CultureInfo.InvariantCulture), int.Parse(number, CultureInfo.InvariantCulture)));
                versions.Add(long.Parse(version, CultureInfo.InvariantCulture));
            }

            if (acknowledged.Count == AcknowledgedPerLife)
            {
                process.Kill(entireProcessTree: false);
            }
        }

        await process.WaitForExitAsync(Ct);
        Assert.True(acknowledged.Count >= AcknowledgedPerLife, $"The writer ended by itself, code {process.ExitCode}");
        return (acknowledged, versions);
    }

    private async Task VerifyAsync(int[] ledger, int kill)
    {
        using var store = _folder.Open();
        for (var writer = 0; writer < ledger.Length; writer++)
        {
            var counter = await store.FindAsync(CrashWriter.Shard, CrashWriter.Counter(writer), Ct);
            var stored = counter is null ? 0 : CrashWriter.NumberOf(counter);
            Assert.True(
                stored >= ledger[writer] && stored <= ledger[writer] + 1,
                $"Kill {kill}: writer {writer} was acknowledged {ledger[writer]}, the file holds {stored}");
            // Entries commit with the counter: as many in the lane, each whole.
            Assert.Equal(stored, await store.CountAsync(CrashWriter.Shard, CrashWriter.Lane(writer), 1_000_000, Ct));
            for (var number = Math.Max(1, stored - 50); number <= stored; number++)
            {
                var entry = await store.FindAsync(CrashWriter.Shard, CrashWriter.Entry(writer, number), Ct);
                Assert.Equal((number, number % 3000, number), (CrashWriter.NumberOf(entry!), entry!.Body.Length, (int)entry.Due!.Value.At));
            }
        }
    }
}
