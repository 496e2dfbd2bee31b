using System.Net;
using System.Runtime.Versioning;
using FashionCnn.Data;
using FashionCnn.Models;
using Xunit;

namespace FashionCnn.Runtime.Tests.Data;

public sealed class DataSetsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private int requests;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Without_data_and_network_the_sample_is_used_and_says_why()
    {
        var data = Open(Environment(_ => throw new HttpRequestException("Name or service not known")));

        Assert.True(data.IsSample);
        Assert.Contains("because the full set was not found (downloading failed: raw.githubusercontent.com: Name or service not known;", data.Notice, StringComparison.Ordinal);
        Assert.Equal(FashionMnist.Addresses.Count, requests);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_folder_in_the_variable_that_cannot_be_used_is_an_error_not_a_reason_to_look_elsewhere()
    {
        var environment = Environment(_ => throw new InvalidOperationException("no request was expected")) with { Folder = folder.File("nowhere") };

        Assert.StartsWith("FASHION_MNIST_DIR ", Assert.Throws<InputException>(() => Open(environment)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_variable_goes_before_the_cache()
    {
        IdxBytes.WriteFolder(folder.Path);

        Assert.Equal(folder.Path, Open(Environment(_ => throw new InvalidOperationException("no request was expected")) with { Folder = folder.Path }).Location);
    }

    [Fact]
    public void Content_that_is_not_the_published_one_is_not_taken_from_the_cache()
    {
        IdxBytes.WriteFolder(folder.Path);

        var data = Open(Environment(_ => throw new HttpRequestException("no network")));

        Assert.True(data.IsSample);
        Assert.Contains($"{folder.Path} does not match the published checksums", data.Notice, StringComparison.Ordinal);
    }

    [FullSetFact]
    public void A_download_is_verified_and_the_next_address_tried()
    {
        var progress = new List<DataProgress>();
        var data = DataSets.Open(choice: null, Environment(request => request.RequestUri!.Host == FashionMnist.Addresses[0].Host ? Answer(IdxBytes.Gzip([1, 2, 3])) : Published(request)), progress.Add);

        Assert.True(data.Verified);
        Assert.Equal(folder.Path, data.Location);
        Assert.Equal((60_000, 10_000), (data.Train.Count, data.Test.Count));
        Assert.Equal(IdxFileName.All.Select(file => file.Name + ".gz").Order(), Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        Assert.NotEmpty(progress);
        Assert.All(progress.Cast<DownloadProgress>(), step => Assert.InRange(step.Received, 1, step.Total!.Value));

        requests = 0;
        Assert.True(Open(Environment(_ => throw new InvalidOperationException("no request was expected"))).Verified);
        Assert.Equal(0, requests);
    }

    [FullSetFact]
    public void A_damaged_file_in_the_cache_is_downloaded_again()
    {
        File.WriteAllBytes(folder.File("train-images-idx3-ubyte"), IdxBytes.Labels(1, 2));
        File.WriteAllText(folder.File("train-labels-idx1-ubyte.gz"), "no gzip");

        var data = Open(Environment(Published));

        Assert.True(data.Verified);
        Assert.Equal(folder.Path, data.Location);
        Assert.Null(data.Notice);
    }

    [Fact]
    public void A_cached_file_that_cannot_be_read_or_replaced_leads_to_the_sample_and_is_named()
    {
        IdxBytes.WriteFolder(folder.Path, ".gz");
        File.Delete(folder.File("train-images-idx3-ubyte.gz"));
        Directory.CreateDirectory(folder.File("train-images-idx3-ubyte.gz"));

        var data = Open(Environment(_ => throw new HttpRequestException("no network")));

        Assert.True(data.IsSample);
        Assert.Contains("train-images-idx3-ubyte.gz: this is a directory", data.Notice, StringComparison.Ordinal);
    }

    [PermissionFact]
    [UnsupportedOSPlatform("windows")]
    public void A_cache_that_may_not_be_read_leads_to_the_sample_and_is_named()
    {
        var cache = Directory.CreateDirectory(folder.File("cache")).FullName;
        File.SetUnixFileMode(cache, UnixFileMode.None);

        var data = Open(Environment(_ => throw new HttpRequestException("no network")) with { Cache = cache });

        Assert.True(data.IsSample);
        Assert.Contains($"{cache} cannot be read", data.Notice, StringComparison.Ordinal);
    }

    [PermissionFact]
    [UnsupportedOSPlatform("windows")]
    public void A_cached_file_that_may_not_be_read_leads_to_the_sample_and_is_named()
    {
        IdxBytes.WriteFolder(folder.Path, ".gz");
        File.SetUnixFileMode(folder.File("train-images-idx3-ubyte.gz"), UnixFileMode.None);

        var data = Open(Environment(_ => throw new HttpRequestException("no network")));

        Assert.True(data.IsSample);
        Assert.Contains("train-images-idx3-ubyte.gz: the file may not be read", data.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_download_that_ends_too_early_is_not_kept()
    {
        var whole = IdxBytes.Gzip(IdxBytes.Images(100, 28, 28, i => (byte)(i * 31)));

        var data = Open(Environment(_ => Answer(whole[..^100])));

        Assert.True(data.IsSample);
        Assert.Contains("the train-images-idx3-ubyte that it sent is not the published file", data.Notice, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_connection_that_breaks_is_named_and_the_next_address_tried()
    {
        var data = Open(Environment(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new BrokenStream()) }));

        Assert.True(data.IsSample);
        Assert.Equal(FashionMnist.Addresses.Count, requests);
        Assert.Contains($"{FashionMnist.Addresses[^1].Host}: the connection was reset", data.Notice, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void An_address_that_does_not_answer_is_told_from_one_that_stalls()
    {
        var data = Open(Environment(_ => throw new TaskCanceledException("cancelled", new TimeoutException("no connection within 6 seconds"))));

        Assert.Contains($"{FashionMnist.Addresses[0].Host}: no connection within 6 seconds", data.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_that_brings_nothing_is_given_up()
    {
        var data = Open(Environment(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new SilentStream()) }) with { StallTime = TimeSpan.FromMilliseconds(50) });

        Assert.True(data.IsSample);
        Assert.Contains("nothing came for 0.05 seconds", data.Notice, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Stopping_a_download_leaves_no_part_of_a_file()
    {
        using var stop = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => DataSets.Open(
            choice: null, Environment(_ => Answer(new byte[1 << 20])), _ => stop.Cancel(), stop.Token));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_cache_that_cannot_be_written_leads_to_the_sample()
    {
        File.WriteAllText(folder.File("file"), string.Empty);

        var data = Open(Environment(_ => Answer([])) with { Cache = folder.File("file/cache") });

        Assert.True(data.IsSample);
        Assert.Contains("cannot be made", data.Notice, StringComparison.Ordinal);
    }

    // Not even root may make a file there.
    [LinuxFact]
    public void A_cache_that_takes_no_files_is_named_before_anything_is_asked_for()
    {
        const string Cache = "/proc/self/fdinfo";

        var data = Open(Environment(_ => Answer([])) with { Cache = Cache });

        Assert.True(data.IsSample);
        Assert.Contains($"{Cache} cannot be written", data.Notice, StringComparison.Ordinal);
        Assert.Equal(0, requests);
    }

    [Fact]
    public void A_label_that_the_model_has_no_class_for_is_refused()
    {
        var shape = new ImageShape(1, 1, 1);
        var data = new DataSet("three", "made by the test", false, false, ["a", "b", "c"], new ImageSet([0], [2], shape), new ImageSet([0, 0], [0, 3], shape));

        Assert.Equal(
            "m has 3 classes, numbered from 0 to 2, but label 1 of the test images of three is 3. Correct the labels, or use other data.",
            Assert.Throws<InputException>(() => data.CheckFits(Model(shape, 3))).Message);
    }

    [Fact]
    public void Data_that_does_not_fit_the_model_is_refused_with_both_sizes()
    {
        IdxBytes.WriteFolder(folder.Path);
        var data = DataSets.Open(folder.Path, NoMachine.Environment);

        Assert.Contains("takes images of 28x28x1 (height x width x channels), but those of", Assert.Throws<InputException>(() => data.CheckFits(Model(new ImageShape(28, 28, 1), 10))).Message, StringComparison.Ordinal);
        Assert.Contains("m.json ends in 12 classes, the data has 10. Give the last layer of the spec 10 units, or use other data than", Assert.Throws<InputException>(() => data.CheckFits(Model(new ImageShape(2, 3, 1), 12))).Message, StringComparison.Ordinal);
        data.CheckFits(Model(new ImageShape(2, 3, 1), 10));
    }

    [Fact]
    public void The_first_images_are_taken()
    {
        IdxBytes.WriteFolder(folder.Path);
        var images = DataSets.Open(folder.Path, NoMachine.Environment).Train;

        Assert.Equal([0, 1], images.Take(2).Labels);
        Assert.Equal(images.Pixels[..12], images.Take(2).Pixels);
        Assert.Same(images, images.Take(100));
    }

    private static DataSet Open(DataEnvironment environment) => DataSets.Open(choice: null, environment);

    private static HttpResponseMessage Answer(byte[] content) => new(HttpStatusCode.OK) { Content = new ByteArrayContent(content) };

    private static HttpResponseMessage Published(HttpRequestMessage request) =>
        Answer(File.ReadAllBytes(Path.Combine(FullSetFactAttribute.Folder, Path.GetFileName(request.RequestUri!.LocalPath))));

    private static ModelDescriptor Model(ImageShape input, int classes) => TestModels.Descriptor("m", input, classes, () => throw new InvalidOperationException("not to be made"));

    private DataEnvironment Environment(Func<HttpRequestMessage, HttpResponseMessage> answer) => new(
        null, folder.Path, folder.File("nothing"), () => new FakeNetwork(request => { requests++; return answer(request); }), TimeSpan.FromSeconds(20));

    private sealed class FakeNetwork(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }

    /// <summary>A connection that is open and brings nothing.</summary>
    private sealed class SilentStream : Connection
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    /// <summary>A connection that brings one block and then breaks.</summary>
    private sealed class BrokenStream : Connection
    {
        private bool read;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (read)
            {
                throw new IOException("the connection was reset");
            }

            read = true;
            return ValueTask.FromResult(buffer.Length);
        }
    }

    private abstract class Connection : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
