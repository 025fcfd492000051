using Azure;
using Azure.Data.Tables;

namespace Foundation.Azure.Tables;

/// <summary>What an operation of the transaction does for the commit.</summary>
internal enum StepKind
{
    /// <summary>The row itself.</summary>
    Row,

    /// <summary>A new due-index entry.</summary>
    Entry,

    /// <summary>An old due-index entry goes.</summary>
    EntryGone,

    /// <summary>The head that numbers changes, or the change row of this number.</summary>
    Change,

    /// <summary>The change row that falls out of the kept ones.</summary>
    ChangeTrim,

    /// <summary>The stamp of a commit that leaves no row.</summary>
    Marker,
}

/// <summary>An operation and the write that it is for (−1: for the whole commit).</summary>
internal readonly record struct Step(StepKind Kind, int Write);

/// <summary>
/// One commit as one entity group transaction. Rows come first, so that the service names the row that was not as expected and not
/// an index entry that moved with it.
/// </summary>
internal sealed class CommitPlan
{
    private readonly string _partition;
    private readonly Commit _commit;

    private CommitPlan(Commit commit) => (_commit, _partition) = (commit, EntityKeys.Partition(commit.Shard));

    public List<TableTransactionAction> Actions { get; } = [];

    public List<Step> Steps { get; } = [];

    public static CommitPlan Build(Commit commit, IReadOnlyList<string?> blobs, ChangeTurn? changes, string? marker)
    {
        var plan = new CommitPlan(commit);
        plan.AddRows(blobs);
        plan.AddEntries();
        if (changes is not null)
        {
            plan.AddChange(changes);
        }

        if (marker is not null)
        {
            plan.Add(StepKind.Marker, -1, TableTransactionActionType.UpsertReplace, RowEntity.Marker(plan._partition, marker, commit.Id));
        }

        return plan;
    }

    private void AddRows(IReadOnlyList<string?> blobs)
    {
        for (var i = 0; i < _commit.Writes.Length; i++)
        {
            switch (_commit.Writes[i])
            {
                case Write.Insert insert:
                    Add(StepKind.Row, i, TableTransactionActionType.Add, RowEntity.Insert(_partition, insert, blobs[i], _commit.Id));
                    break;
                case Write.Replace replace:
                    var entity = RowEntity.Replace(_partition, replace, _commit.Id);
                    Add(StepKind.Row, i, TableTransactionActionType.UpdateMerge, entity, Tag(replace.Before));
                    break;
                case Write.Delete delete:
                    var gone = new TableEntity(_partition, EntityKeys.Row(delete.Key));
                    Add(StepKind.Row, i, TableTransactionActionType.Delete, gone, Tag(delete.Before));
                    break;
            }
        }
    }

    private void AddEntries()
    {
        for (var i = 0; i < _commit.Writes.Length; i++)
        {
            var (before, after) = _commit.Writes[i] switch
            {
                Write.Insert w => (null, w.Due),
                Write.Replace w => (w.Before.Due, w.Due),
                Write.Delete w => (w.Before.Due, null),
                _ => (default(Due?), default(Due?)),
            };
            AddEntry(i, before, after);
        }
    }

    private void AddEntry(int write, Due? before, Due? after)
    {
        if (before?.Lane == after?.Lane && before?.At == after?.At)
        {
            return;
        }

        var key = _commit.Writes[write].Key;
        if (before is { } old)
        {
            var gone = new TableEntity(_partition, EntityKeys.Due(old, key).Key);
            Add(StepKind.EntryGone, write, TableTransactionActionType.Delete, gone, ETag.All);
        }

        if (after is { } due)
        {
            Add(StepKind.Entry, write, TableTransactionActionType.UpsertReplace, RowEntity.IndexEntry(_partition, due, key));
        }
    }

    private void AddChange(ChangeTurn turn)
    {
        var head = ChangeEntity.Head(_partition, turn.Number);
        var type = turn.HeadTag is null ? TableTransactionActionType.Add : TableTransactionActionType.UpdateReplace;
        Add(StepKind.Change, -1, type, head, turn.HeadTag ?? default);
        var keys = _commit.Writes.Where(w => w.Key.Table.Watched).Select(w => EntityKeys.Row(w.Key));
        Add(StepKind.Change, -1, TableTransactionActionType.Add, ChangeEntity.Change(_partition, turn.Number, keys));
        if (turn.Trims is { } old)
        {
            var gone = new TableEntity(_partition, EntityKeys.Change(old));
            Add(StepKind.ChangeTrim, -1, TableTransactionActionType.Delete, gone, ETag.All);
        }
    }

    private void Add(StepKind kind, int write, TableTransactionActionType type, TableEntity entity, ETag tag = default)
    {
        Actions.Add(new TableTransactionAction(type, entity, tag));
        Steps.Add(new Step(kind, write));
    }

    private static ETag Tag(RowReference before) => new(CommitChain.Read(before.Version).Tag
        ?? throw new ArgumentException($"{before.Key} is named with version {before.Version}, which this store did not give"));
}
