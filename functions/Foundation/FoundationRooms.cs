using Foundation.Configuration;
using Foundation.Queues;
using Foundation.Registry;
using Foundation.Retry;
using Foundation.Security;
using Foundation.Tasks;
using Foundation.Workflows;

namespace Foundation;

/// <summary>The product: every room there is. Hosts that want less add rooms one by one.</summary>
public static class FoundationRooms
{
    /// <summary>Adds all rooms. Their options are set with <c>services.Configure</c>.</summary>
    public static FoundationBuilder AddAllRooms(this FoundationBuilder builder) => builder
        .AddSecurity()
        .AddConfiguration()
        .AddRetry()
        .AddRegistry()
        .AddQueues()
        .AddTasks()
        .AddWorkflows();
}
