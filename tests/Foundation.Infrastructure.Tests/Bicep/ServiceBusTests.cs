using System.Text.RegularExpressions;

namespace Foundation.Infrastructure.Tests.Bicep;

public sealed partial class ServiceBusTests
{
    private static readonly string[] s_carriers = ["tasks-high", "tasks-low", "tasks-normal", "wakeups"];

    [Fact]
    public async Task Queues_AreTheFourCarriersAndOneForDeadLetters()
    {
        var names = (await QueuesAsync()).Keys.Order(StringComparer.Ordinal);

        Assert.Equal(["dead-letters", .. s_carriers], names);
    }

    [Fact]
    public async Task DeadLetters_OfEveryCarrier_EndInOneQueue()
    {
        var queues = await QueuesAsync();

        Assert.All(s_carriers, name =>
            Assert.Equal("dead-letters", queues[name].Properties.GetProperty("forwardDeadLetteredMessagesTo").GetString()));
        // It cannot forward to itself: its own sub-queue is watched by an alert.
        Assert.False(queues["dead-letters"].Properties.TryGetProperty("forwardDeadLetteredMessagesTo", out _));
    }

    [Fact]
    public async Task Queues_DeliverTwentyTimesUnderShortLocks()
    {
        Assert.All((await QueuesAsync()).Values, queue =>
        {
            Assert.Equal(20, queue.Properties.GetProperty("maxDeliveryCount").GetInt32());
            Assert.Equal("PT1M", queue.Properties.GetProperty("lockDuration").GetString());
            Assert.False(queue.Properties.GetProperty("requiresSession").GetBoolean());
            Assert.False(queue.Properties.GetProperty("requiresDuplicateDetection").GetBoolean());
            Assert.False(queue.Properties.GetProperty("deadLetteringOnMessageExpiration").GetBoolean());
        });
    }

    [Fact]
    public async Task Emulator_HasTheSameQueues()
    {
        var queues = await QueuesAsync();
        var emulated = Repository.ReadJson("infra/emulator/servicebus.json").GetProperty("UserConfig").GetProperty("Namespaces")[0]
            .GetProperty("Queues").EnumerateArray()
            .ToDictionary(
                queue => queue.GetProperty("Name").GetString()!, queue => queue.GetProperty("Properties"), StringComparer.Ordinal);

        Assert.Equal(queues.Keys.Order(StringComparer.Ordinal), emulated.Keys.Order(StringComparer.Ordinal));
        Assert.All(s_carriers, name =>
            Assert.Equal("dead-letters", emulated[name].GetProperty("ForwardDeadLetteredMessagesTo").GetString()));
    }

    [Fact]
    public async Task Triggers_OfTheApp_ListenToExactlyTheseQueues()
    {
        Repository.SkipWithoutFunctionsApp();
        var sources = string.Join(
            '\n', Repository.Sources("functions/Foundation.Functions").Concat(Repository.Sources("functions/Foundation.Azure")));
        var constants = TextConstant().Matches(sources).DistinctBy(match => match.Groups["name"].Value)
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.Ordinal);

        var triggers = Trigger().Matches(sources)
            .Select(match => match.Groups["text"].Success
                ? match.Groups["text"].Value
                : constants[match.Groups["constant"].Value.Split('.')[^1]])
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

        Assert.Equal((await QueuesAsync()).Keys.Order(StringComparer.Ordinal), triggers);
    }

    private static async Task<Dictionary<string, PredictedResource>> QueuesAsync() =>
        (await Deployment.DefaultsAsync()).OfType("Microsoft.ServiceBus/namespaces/queues")
        .ToDictionary(queue => queue.Name.Split('/')[1], StringComparer.Ordinal);

    [GeneratedRegex(@"ServiceBusTrigger\(\s*(?:""(?<text>[^""]+)""|(?<constant>[\w.]+))")]
    private static partial Regex Trigger();

    [GeneratedRegex(@"const\s+string\s+(?<name>\w+)\s*=\s*""(?<value>[^""]*)""")]
    private static partial Regex TextConstant();
}
