using Foundation.LocalAzure;
using Foundation.LocalAzure.Azurite;
using Xunit;

[assembly: AssemblyFixture(typeof(Foundation.Conformance.Azure.AzuriteServer))]

namespace Foundation.Conformance.Azure;

/// <summary>
/// One Azurite per test assembly: started by the first test that asks, in memory, on free ports, ended with the assembly. Without Node,
/// or where its packages cannot be installed, the tests that ask are skipped and say so.
/// </summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    private static readonly Lazy<Task<AzuriteProcess>> Server = new(() => AzuriteProcess.StartAsync(LocalAzureSettings.InMemory));
    private static int _prefixes;

    /// <summary>The connection string of the running Azurite; skips the test where there is none.</summary>
    public static async Task<string> ConnectionAsync()
    {
        try
        {
            return (await Server.Value).Connection;
        }
        catch (AzuriteMissingException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    /// <summary>A prefix for tables, containers and queues that no other test of this run has.</summary>
    public static string NewPrefix() => $"t{Interlocked.Increment(ref _prefixes)}x";

    public async ValueTask DisposeAsync()
    {
        if (Server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await Server.Value).DisposeAsync();
        }
    }
}
