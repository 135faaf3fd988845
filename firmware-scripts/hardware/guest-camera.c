// guest-camera DEVICE FILE: is a camera in the guest. Shows FILE, a JPEG, again and again on a device of v4l2loopback.
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(int count, char **arguments) {
    static char picture[65536];
    if (count != 3) return 2;
    int file = open(arguments[2], O_RDONLY), device = open(arguments[1], O_RDWR);
    if (file < 0 || device < 0) return perror("open"), 1;
    ssize_t length = read(file, picture, sizeof picture);
    struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_OUTPUT};
    format.fmt.pix.width = 320;
    format.fmt.pix.height = 240;
    format.fmt.pix.pixelformat = V4L2_PIX_FMT_MJPEG;
    format.fmt.pix.field = V4L2_FIELD_NONE;
    if (length <= 0 || ioctl(device, VIDIOC_S_FMT, &format) < 0) return perror("VIDIOC_S_FMT"), 1;
    while (write(device, picture, (size_t)length) == length) usleep(20000);
    return perror("write"), 1;
}
