using System.Net.Sockets;
using Azure;
using Azure.Identity;

namespace Foundation.Azure;

/// <summary>Tells the failures of the service from refusals, and says them in words.</summary>
internal static class AzureFailures
{
    private const string Busy = "ServerBusy";

    /// <summary>The service did not answer, or answered that it cannot: nothing is known of the outcome.</summary>
    public static bool IsUnavailable(Exception e, CancellationToken ct) => e switch
    {
        RequestFailedException r => r.Status is 0 or 401 or 403 or 408 or 429 or >= 500,
        AggregateException a => a.InnerExceptions.Any(i => IsUnavailable(i, ct)),
        OperationCanceledException => !ct.IsCancellationRequested,
        AuthenticationFailedException or IOException or HttpRequestException or SocketException => true,
        _ => false,
    };

    /// <summary>The service surely did nothing: it refused before it looked.</summary>
    public static bool IsRefusal(Exception e) => e switch
    {
        RequestFailedException { Status: 401 or 403 or 429 } => true,
        RequestFailedException { Status: 503 } r => r.ErrorCode == Busy || SaysBusy(r.GetRawResponse()),
        AuthenticationFailedException => true,
        _ => false,
    };

    // The client does not read the code out of a transaction's refusal.
    private static bool SaysBusy(Response? response)
    {
        try
        {
            return response?.Content.ToString().Contains($"\"{Busy}\"", StringComparison.Ordinal) == true;
        }
        catch (InvalidOperationException)
        {
            return false; // Not buffered.
        }
    }

    /// <summary>The exception that the ports name.</summary>
    public static StoreUnavailableException Unavailable(string what, Exception e) => e switch
    {
        RequestFailedException { Status: 401 or 403 } or AuthenticationFailedException => new(
            $"{what}: the storage account refuses this identity. Grant it the data roles (Table, Blob and Queue Data Contributor); "
            + "a new role takes up to ten minutes.", e),
        RequestFailedException { Status: 429 or 503 } => new($"{what}: the storage account is throttling or busy.", e),
        _ => new($"{what}: the storage account does not answer.", e),
    };

    /// <summary>Runs a call and translates its failure.</summary>
    public static async ValueTask<T> GuardAsync<T>(string what, Func<Task<T>> call, CancellationToken ct)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (IsUnavailable(e, ct))
        {
            throw Unavailable(what, e);
        }
    }
}
