using Azure;
using Azure.Data.Tables;
using Foundation.Azure;
using Xunit;

namespace Foundation.Conformance.Azure;

/// <summary>What the store builds on, asked of the service itself: a newer emulator that answers otherwise is noticed here.</summary>
public sealed class AzuriteFactsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Transaction_Of100_IsStored_And101_IsRefused()
    {
        var table = await TableAsync();
        await table.SubmitTransactionAsync(Adds(0, 100), Ct);
        Assert.Equal(100, await table.QueryAsync<TableEntity>(cancellationToken: Ct).CountAsync(Ct));

        await Assert.ThrowsAnyAsync<Exception>(() => table.SubmitTransactionAsync(Adds(100, 101), Ct));
        Assert.Equal(100, await table.QueryAsync<TableEntity>(cancellationToken: Ct).CountAsync(Ct));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(19)]
    public async Task Transaction_ThatFails_NamesTheOperationAndStoresNothing(int taken)
    {
        var table = await TableAsync();
        await table.AddEntityAsync(Entity(taken), Ct);

        var e = await Assert.ThrowsAsync<TableTransactionFailedException>(() => table.SubmitTransactionAsync(Adds(0, 20), Ct));
        Assert.Equal((taken, 409, "EntityAlreadyExists"), (e.FailedTransactionActionIndex, e.Status, e.ErrorCode));
        Assert.Equal(1, await table.QueryAsync<TableEntity>(cancellationToken: Ct).CountAsync(Ct));
    }

    [Fact]
    public async Task Tags_ChangeWithEachWrite_AndAreTheSameInEveryAnswer()
    {
        var table = await TableAsync();
        var added = (await table.SubmitTransactionAsync([new(TableTransactionActionType.Add, Entity(1))], Ct)).Value[0].Headers.ETag;
        var read = (await table.GetEntityAsync<TableEntity>("p", Key(1), cancellationToken: Ct)).Value.ETag;
        var chosen = (await table.GetEntityAsync<TableEntity>("p", Key(1), ["RowKey", "Timestamp"], Ct)).Value;
        Assert.Equal((added, added), ((ETag?)read, (ETag?)chosen.ETag));

        var merge = new TableTransactionAction(TableTransactionActionType.UpdateMerge, Entity(1), read);
        var merged = (await table.SubmitTransactionAsync([merge], Ct)).Value[0].Headers.ETag;
        Assert.NotEqual(added, merged);
        var stale = await Assert.ThrowsAsync<TableTransactionFailedException>(() => table.SubmitTransactionAsync([merge], Ct));
        Assert.Equal((412, "UpdateConditionNotSatisfied"), (stale.Status, stale.ErrorCode));
    }

    [Fact]
    public async Task Merge_KeepsWhatItDoesNotName()
    {
        var table = await TableAsync();
        var whole = new TableEntity("p", "k") { ["A"] = 1, ["B"] = new byte[] { 7 } };
        var added = (await table.SubmitTransactionAsync([new(TableTransactionActionType.Add, whole)], Ct)).Value[0];
        var change = new TableEntity("p", "k") { ["A"] = 2 };
        await table.SubmitTransactionAsync([new(TableTransactionActionType.UpdateMerge, change, added.Headers.ETag!.Value)], Ct);

        var read = (await table.GetEntityAsync<TableEntity>("p", "k", cancellationToken: Ct)).Value;
        Assert.Equal((2, (byte)7), (read.GetInt32("A"), Assert.Single(read.GetBinary("B"))));
    }

    [Fact]
    public async Task Query_AnswersInOrdinalOrderOfKeys()
    {
        var table = await TableAsync();
        var accepted = Enumerable.Range('"', '~' - '"' + 1).Select(c => (char)c).Except("/\\#?");
        string[] keys = [.. accepted.Select(c => $"k{c}")];
        foreach (var batch in keys.Reverse().Chunk(100))
        {
            var entities = batch.Select(k => new TableEntity("p", k));
            await table.SubmitTransactionAsync(entities.Select(e => new TableTransactionAction(TableTransactionActionType.Add, e)), Ct);
        }

        var read = await table.QueryAsync<TableEntity>("PartitionKey eq 'p' and RowKey ge 'k'", cancellationToken: Ct).ToListAsync(Ct);
        Assert.Equal(keys.Order(StringComparer.Ordinal), read.Select(e => e.RowKey));
    }

    [Fact]
    public async Task Transaction_OnAMissingTable_SaysSo()
    {
        var table = AzureStorageClients.Connect(await AzuriteServer.ConnectionAsync()).Tables.GetTableClient("nosuchtable");
        var e = await Assert.ThrowsAnyAsync<RequestFailedException>(() => table.SubmitTransactionAsync(Adds(0, 1), Ct));
        Assert.Equal("TableNotFound", e.ErrorCode);
    }

    [Fact]
    public async Task Transactions_ThatRace_AreIsolated()
    {
        var table = await TableAsync();
        await table.AddEntityAsync(Entity(0), Ct);
        var tag = (await table.GetEntityAsync<TableEntity>("p", Key(0), cancellationToken: Ct)).Value.ETag;
        var won = await Task.WhenAll(Enumerable.Range(1, 24).Select(async i =>
        {
            try
            {
                await table.SubmitTransactionAsync(
                    [new(TableTransactionActionType.Add, Entity(i)), new(TableTransactionActionType.UpdateMerge, Entity(0), tag)], Ct);
                return true;
            }
            catch (TableTransactionFailedException)
            {
                return false;
            }
        }));

        Assert.Single(won, w => w);
        Assert.Equal(2, await table.QueryAsync<TableEntity>(cancellationToken: Ct).CountAsync(Ct));
    }

    private static async Task<TableClient> TableAsync()
    {
        var clients = AzureStorageClients.Connect(await AzuriteServer.ConnectionAsync());
        var table = clients.Tables.GetTableClient(AzuriteServer.NewPrefix() + "facts");
        await table.CreateAsync(Ct);
        return table;
    }

    private static IEnumerable<TableTransactionAction> Adds(int from, int count) =>
        Enumerable.Range(from, count).Select(i => new TableTransactionAction(TableTransactionActionType.Add, Entity(i)));

    private static string Key(int i) => $"k{i:d4}";

    private static TableEntity Entity(int i) => new("p", Key(i)) { ["A"] = i };
}
