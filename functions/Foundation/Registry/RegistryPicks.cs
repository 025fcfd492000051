using System.Collections.Concurrent;
using Foundation.Registry.Picking;
using Foundation.Registry.View;

namespace Foundation.Registry;

/// <summary>Picks an instance for a caller, and says whom else it considered and why.</summary>
internal sealed class RegistryPicks(
    RegistryView view, RegistryLoader loader, RandomSource random, TimeProvider time, RegistryInstruments instruments)
{
    private const int CandidatesMax = 100;

    // Names come from callers; a turn that is lost begins anew and harms nobody.
    private const int RotationsMax = 10_000;
    private readonly ConcurrentDictionary<string, Rotation> _rotations = new(StringComparer.Ordinal);
    private ulong _seed = random.NextSeed();

    /// <summary>Picks.</summary>
    public async ValueTask<Outcome<PickAnswer>> PickAsync(PickRequest request, CancellationToken ct)
    {
        if (Check(request) is { } wrong)
        {
            return wrong;
        }

        await loader.EnsureLoadedAsync(ct);
        await loader.RefreshAsync(ct);
        var strategy = request.Strategy ?? PickStrategy.RoundRobin;
        var candidates = request.Capability is { } capability
            ? view.Snapshot.WithCapability(capability)
            : view.Snapshot.OfService(request.Service!);
        var now = time.GetUtcNow();
        var picked = Pick(candidates, strategy, request.Capability is null ? "s/" + request.Service : "c/" + request.Capability, now);
        instruments.Picked(strategy, picked is not null);
        return picked is null ? Nobody(request, candidates, now) : Answer(picked, candidates, strategy, now);
    }

    /// <summary>Picks one of these; null when none is eligible.</summary>
    /// <param name="candidates">An array of the snapshot.</param>
    /// <param name="strategy">How.</param>
    /// <param name="turn">What the candidates have in common: whose turn it is, is remembered by it.</param>
    /// <param name="now">The time.</param>
    public Instance? Pick(Instance[] candidates, PickStrategy strategy, string turn, DateTimeOffset now)
    {
        if (strategy == PickStrategy.LeastOutstanding)
        {
            var at = LeastOutstandingPicker.Pick(candidates, Interlocked.Increment(ref _seed), now);
            return at < 0 ? null : candidates[at];
        }

        if (_rotations.Count >= RotationsMax)
        {
            _rotations.Clear();
        }

        return candidates.Length == 0 ? null : _rotations.GetOrAdd(turn, static _ => new Rotation()).Next(candidates, now);
    }

    private static Problem? Check(PickRequest request)
    {
        var path = request.Capability is null ? "/capability" : "/service";
        return request.Capability is null == request.Service is null
            ? new Problem(ApiErrors.Invalid, "Name a capability or a service, and one of them only.")
            {
                Faults = [new Fault(path, ApiErrors.InvalidValue.Code, "Name a capability or a service, and one of them only.")],
            }
            : null;
    }

    private static PickAnswer Answer(Instance picked, Instance[] candidates, PickStrategy strategy, DateTimeOffset now) => new()
    {
        Service = picked.Service,
        Instance = picked.Name,
        Endpoint = picked.Source?.Spec.Endpoint,
        Candidates = [.. candidates.OrderBy(c => ReferenceEquals(c, picked) ? 0 : 1).Take(CandidatesMax)
            .Select(c => InstanceAnswers.Candidate(c, Score(c, strategy, now), now))],
    };

    private static double Score(Instance candidate, PickStrategy strategy, DateTimeOffset now) =>
        strategy == PickStrategy.LeastOutstanding ? LeastOutstandingPicker.Score(candidate, now) : candidate.WeightAt(now);

    private static Problem Nobody(PickRequest request, Instance[] candidates, DateTimeOffset now)
    {
        var what = request.Capability is { } capability
            ? $"capability '{Texts.Clip(capability)}'"
            : $"service '{Texts.Clip(request.Service!)}'";
        var reasons = candidates.SelectMany(c => InstanceAnswers.Reasons(c, now)).ToList();
        var counts = string.Join(", ", reasons.CountBy(r => r.Code).Select(c => $"{c.Value} {c.Key}"));
        var detail = candidates.Length == 0
            ? $"No instance offers {what}."
            : $"None of {candidates.Length} instances of {what}: {counts}.";
        return new Problem(RegistryErrors.NoInstance, detail)
        {
            RetryAfter = reasons.Select(r => r.Until).Where(u => u > now).Min() is { } until ? until - now : TimeSpan.FromSeconds(5),
        };
    }
}
