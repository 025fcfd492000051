#pragma warning disable CA1822, CA1052, CA1711, CA1813, CA1019, CA1063, CA1018, CA1050, CA1040, CA1716, CA1008, CA1815

namespace Foundation.Functions.Tests.StandIns;

/// <summary>Pairs of types that differ in one thing each: <see cref="Here"/> as a stand-in, <see cref="There"/> as the real one.</summary>
public static class Here
{
    public class Sender(string name)
    {
        public string Name { get; } = name;

        public int? Size { get; init; }

        public virtual Task<T?> SendAsync<T>(T body, CancellationToken cancellationToken = default) => Task.FromResult<T?>(body);

        protected internal virtual void Close(params string[] why) { }
    }

    public class Slim
    {
        public void First() { }
    }

    public class RenamedParameter
    {
        public void Say(string text) { }
    }

    public class OtherDefault
    {
        public void Say(int times = 1) { }
    }

    public class OtherType
    {
        public int Size { get; }
    }

    public class Settable
    {
        public int Size { get; set; }
    }

    public class Overridable
    {
        public virtual void Say() { }
    }

    public class OpenForFakes;

    public abstract class LacksAbstract
    {
        public abstract void First();
    }

    public class Claims : IDisposable
    {
        public void Dispose() { }
    }

    public enum Level
    {
        Admin = 2,
    }

    [AttributeUsage(AttributeTargets.All)]
    public sealed class AnywhereAttribute : Attribute;
}

public static class There
{
    public class Slim
    {
        public void First() { }

        public void Second() { }
    }

    public class RenamedParameter
    {
        public void Say(string words) { }
    }

    public class OtherDefault
    {
        public void Say(int times = 2) { }
    }

    public class OtherType
    {
        public long Size { get; }
    }

    public class Settable
    {
        public int Size { get; init; }
    }

    public class Overridable
    {
        public void Say() { }
    }

    public sealed class OpenForFakes;

    public abstract class LacksAbstract
    {
        public abstract void First();

        public abstract void Second();
    }

    public class Claims
    {
        public void Dispose() { }
    }

    public enum Level
    {
        Admin = 4,
    }

    [AttributeUsage(AttributeTargets.Method)]
    public sealed class AnywhereAttribute : Attribute;
}
